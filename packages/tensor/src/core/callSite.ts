/** @file Where in the user's program something happened. */

/** File, line and column of the first frame of an error outside of this package; null where the engine does not tell. */
export function callSite({ stack }: Error): string | null {
  const frames = (stack ?? "")
    .split("\n")
    .map((line) => /\(?((?:file:|[/\\]|[A-Za-z]:|https?:).*:\d+:\d+)\)?$/.exec(line.trim())?.[1])
    .filter((place) => place !== undefined);
  const home = /^(.*[/\\](?:src|dist))[/\\]/.exec(frames[0] ?? "")?.[1];
  return frames.find((place) => home === undefined || !place.startsWith(home)) ?? null;
}
