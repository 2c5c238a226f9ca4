/** @file Reads the modules of a folder and what they import, for the test of the architecture. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

interface Import {
  /** The imported file, relative to the folder, or the specifier as written when it names a package. */
  readonly target: string;
  readonly external: boolean;
  /** Whether the compiler erases it. */
  readonly typeOnly: boolean;
}

export interface Module {
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** The TypeScript modules below a folder, by their path in it. */
export function readModules(folder: string): ReadonlyMap<string, Module> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  const modules = files.filter((file) => file.endsWith(".ts")).sort();
  return new Map(modules.map((file) => [file, readModule(file, readFileSync(join(folder, file), "utf8"))]));
}

/** The modules that run when the first one does, itself included. */
export function reachable(modules: ReadonlyMap<string, Module>, first: string): ReadonlySet<string> {
  const seen = new Set([first]);
  for (const file of seen) for (const { target } of valueImports(modules, file)) seen.add(target);
  return seen;
}

/** A chain of value imports that closes on itself, if there is one. */
export function findCycle(modules: ReadonlyMap<string, Module>): readonly string[] | undefined {
  const done = new Set<string>();
  function visit(file: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { target } of valueImports(modules, file)) {
      const cycle = visit(target, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  }
  for (const file of modules.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}

function valueImports(modules: ReadonlyMap<string, Module>, file: string): readonly Import[] {
  return modules.get(file)?.imports.filter(({ typeOnly }) => !typeOnly) ?? [];
}

/** A module from its path and text. */
export function readModule(file: string, text: string): Module {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  const imports = source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    if (!statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const specifier = statement.moduleSpecifier.text;
    const external = !specifier.startsWith(".");
    const target = external ? specifier : posix.join(posix.dirname(file), specifier);
    return [{ target, external, typeOnly: isTypeOnly(statement) }];
  });
  return { lines: text.split("\n").length, imports };
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly || allTypes(statement.exportClause);
  const clause = statement.importClause;
  if (!clause) return false;
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || (!clause.name && allTypes(clause.namedBindings));
}

function allTypes(names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (!names || !(ts.isNamedImports(names) || ts.isNamedExports(names)) || names.elements.length === 0) return false;
  return names.elements.every(({ isTypeOnly }: { isTypeOnly: boolean }) => isTypeOnly);
}
