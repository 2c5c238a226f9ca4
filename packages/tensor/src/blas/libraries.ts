/** @file The libraries that are known: under which names they are found, and how each tells its version and threads. */

/** A function of a library, by its name and C's types. */
export type Native = (name: string, result: string, ...parameters: string[]) => (...args: unknown[]) => unknown;

/** What a library says of itself. */
export interface About {
  /** Null where it does not tell. */
  readonly version: string | null;
  /** How it was built and for which processor, in its own words. */
  readonly config: string;
  /** Whether its integers have 64 bits. */
  readonly wide: boolean;
}

export interface Maker {
  readonly library: "OpenBLAS" | "MKL" | "BLIS" | "Accelerate" | "CBLAS";
  /** A function that no other library has. */
  readonly mark: string;
  about(native: Native): About;
  /** Null where the library chooses its threads itself. */
  readonly threads: {
    get(native: Native): number;
    set(native: Native, threads: number): void;
  } | null;
}

const openBlas: Maker = {
  library: "OpenBLAS",
  mark: "openblas_get_config",
  about(native) {
    const told = native("openblas_get_config", "str")() as string;
    const [, version = null, config = told] = /^OpenBLAS (\S+) *(.*?) *$/.exec(told) ?? [];
    return { version, config, wide: config.includes("USE64BITINT") };
  },
  threads: {
    get: (native) => native("openblas_get_num_threads", "int")() as number,
    set: (native, threads) => native("openblas_set_num_threads", "void", "int")(threads),
  },
};

const mkl: Maker = {
  library: "MKL",
  mark: "MKL_Get_Version_String",
  about(native) {
    // Its interface is chosen before anything else is asked; 0 wishes for 32-bit integers, an odd answer has 64 bits.
    const wide = Number(native("MKL_Set_Interface_Layer", "int", "int")(0)) % 2 === 1;
    const text = new Uint8Array(256);
    native("MKL_Get_Version_String", "void", "void *", "int")(text, text.length);
    const told = String.fromCharCode(...text.subarray(0, Math.max(0, text.indexOf(0)))).trim();
    const [, version = null, config = told] = /Version (\d[\w.]*)[ -]*(.*)$/.exec(told) ?? [];
    return { version, config, wide };
  },
  threads: {
    get: (native) => native("MKL_Get_Max_Threads", "int")() as number,
    set: (native, threads) => native("MKL_Set_Num_Threads", "void", "int")(threads),
  },
};

const blis: Maker = {
  library: "BLIS",
  mark: "bli_info_get_version_str",
  about: (native) => ({
    version: native("bli_info_get_version_str", "str")() as string,
    config: native("bli_arch_string", "str", "int")(native("bli_arch_query_id", "int")()) as string,
    wide: Number(native("bli_info_get_blas_int_type_size", "int64")()) === 64,
  }),
  threads: {
    // −1: nobody has said how many, which means one.
    get: (native) => Math.max(1, Number(native("bli_thread_get_num_threads", "int64")())),
    set: (native, threads) => native("bli_thread_set_num_threads", "void", "int64")(threads),
  },
};

const accelerate: Maker = {
  library: "Accelerate",
  mark: "catlas_saxpby",
  about: () => ({ version: null, config: "", wide: false }),
  threads: null,
};

/** Those that can be told apart. */
export const makers: readonly Maker[] = [openBlas, mkl, blis, accelerate];

/** Any other library with CBLAS's functions. */
export const otherMaker: Maker = { ...accelerate, library: "CBLAS", mark: "cblas_sgemm" };

/** How builds decorate the names of their functions, so that two can be in one process. */
export const decorations: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => `${name}64_`,
  (name) => `scipy_${name}`,
  (name) => `scipy_${name}64_`,
];

type Environment = Readonly<Record<string, string | undefined>>;

interface Place {
  readonly names: readonly string[];
  /** Where they are looked for beside the system's own search; an absent one is left out. */
  folders(environment: Environment): readonly (string | undefined)[];
  /** What there is to install. */
  readonly advice: string;
}

const inside = (folder: string | undefined, rest: string): string | undefined =>
  folder === undefined || folder === "" ? undefined : `${folder}${rest}`;

const places: Readonly<Record<string, Place>> = {
  linux: {
    names: [
      "libopenblas.so.0",
      "libopenblas.so",
      "libopenblasp.so.0",
      "libopenblas64.so.0",
      "libopenblas64_.so.0",
      "libmkl_rt.so.3",
      "libmkl_rt.so.2",
      "libmkl_rt.so",
      "libblis.so.4",
      "libblis-mt.so.4",
      "libblis-mt.so",
      "libblis.so",
    ],
    folders: ({ CONDA_PREFIX, MKLROOT }) => [inside(CONDA_PREFIX, "/lib/"), inside(MKLROOT, "/lib/")],
    advice: "install OpenBLAS (Debian, Ubuntu: apt install libopenblas0-pthread; Fedora: dnf install openblas-threads)",
  },
  darwin: {
    names: [
      "/System/Library/Frameworks/Accelerate.framework/Accelerate",
      "libopenblas.dylib",
      "libblis.dylib",
      "libblis.4.dylib",
    ],
    folders: ({ CONDA_PREFIX }) => [
      "/opt/homebrew/opt/openblas/lib/",
      "/usr/local/opt/openblas/lib/",
      "/opt/local/lib/",
      inside(CONDA_PREFIX, "/lib/"),
    ],
    advice: "macOS has Accelerate; if it is out of reach, brew install openblas",
  },
  win32: {
    names: [
      "libopenblas.dll",
      "openblas.dll",
      "mkl_rt.3.dll",
      "mkl_rt.2.dll",
      "libblis.4.dll",
      "AOCL-LibBlis-Win-MT-dll.dll",
    ],
    folders: ({ CONDA_PREFIX, MKLROOT }) => [inside(CONDA_PREFIX, "\\Library\\bin\\"), inside(MKLROOT, "\\bin\\")],
    advice: "install OpenBLAS (conda install openblas, or a release from openblas.net)",
  },
};

const placeOf = (platform: string): Place => places[platform] ?? places.linux!;

/** What is tried on a platform, in this order; names without a folder go through the system's own search. */
export function candidates(platform: string, environment: Environment): readonly string[] {
  const { names, folders } = placeOf(platform);
  const bare = names.filter((name) => !name.startsWith("/"));
  return [
    ...names,
    ...folders(environment).flatMap((folder) => (folder === undefined ? [] : bare.map((name) => `${folder}${name}`))),
  ];
}

/** What to install on a platform where none was found. */
export const advice = (platform: string): string => `${placeOf(platform).advice}, or give its path`;
