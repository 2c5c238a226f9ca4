/** @file As much of the zip format as npz needs: members stored or deflated, zip64, checksums. */
import { deflateSync, inflateSync } from "fflate";
import { fields, joined, type Reader, type Refuse, readerOf, textOf, utf8 } from "./bytes.ts";

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
/** What stands in a field of 4 bytes when the number is in a zip64 field. */
const ELSEWHERE = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const UTF_8 = 1 << 11;
/** DEFLATE makes no more of a byte. */
const MAX_RATIO = 1032;

/** A member as the directory has it: where its bytes are, and what they are said to become. */
export interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method: number;
  readonly size: number;
  readonly checksum: number;
}

/** Where the directory begins and ends, and how many members it has. */
function directoryOf(bytes: Uint8Array, { u16, u32, u64 }: Reader, refuse: Refuse) {
  let end = bytes.length - 22;
  // The last record ends with a comment, of at most 65535 bytes.
  const first = Math.max(0, end - 0xffff);
  while (end >= first && !(u32(end) === END && end + 22 + u16(end + 20) === bytes.length)) end--;
  if (end < first) refuse("it has no directory of members at its end", "it is no npz file, or truncated");
  const found = { count: u16(end + 10), size: u32(end + 12), start: u32(end + 16), end };
  if (u16(end + 4) !== u16(end + 6)) refuse("it is one part of several", "join the parts");
  const is64 = end >= 20 && u32(end - 20) === LOCATOR_64;
  if (!is64) return found;
  const record = u64(end - 12);
  if (u32(record) !== END_64) refuse("its zip64 directory is not where it is said to be", "it is damaged");
  return { count: u64(record + 32), size: u64(record + 40), start: u64(record + 48), end: record };
}

/** The members of an archive, their bytes where they lie. */
export function membersOf(bytes: Uint8Array, refuse: Refuse): Member[] {
  const reader = readerOf(bytes, refuse);
  const { u16, u32 } = reader;
  const { count, size, start, end } = directoryOf(bytes, reader, refuse);
  if (start + size !== end) refuse(`its directory ends at byte ${start + size}, not at ${end}`, "it is damaged");
  const members: Member[] = [];
  const extents: [from: number, to: number][] = [];
  const names = new Set<string>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || u32(at) !== DIRECTORY) refuse(`it has ${i} members, not ${count}`, "it is damaged");
    const [nameLength, extraLength, commentLength] = [u16(at + 28), u16(at + 30), u16(at + 32)];
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > end) refuse("its directory is cut short", "it is damaged");
    const name = textOf(bytes.subarray(at + 46, at + 46 + nameLength), refuse);
    if (names.has(name)) refuse(`it has two members ${JSON.stringify(name)}`, "give each array its own name");
    names.add(name);
    if (u16(at + 8) & ENCRYPTED) refuse(`${JSON.stringify(name)} is encrypted`, "save it without a password");
    const large = zip64Of(reader, at, at + 46 + nameLength, extraLength, refuse);
    const begin = dataOf(reader, large.local, nameLength, refuse);
    if (begin + large.compressed > start)
      refuse(`${JSON.stringify(name)} reaches beyond the members' part of the file`, "it is truncated or damaged");
    extents.push([large.local, begin + large.compressed]);
    members.push({
      name,
      data: bytes.subarray(begin, begin + large.compressed),
      method: u16(at + 10),
      size: large.size,
      checksum: u32(at + 16),
    });
    at = next;
  }
  if (at !== end) refuse("its directory is longer than its members", "it is damaged");
  extents.sort(([a], [b]) => a - b);
  if (extents.some(([from], i) => i > 0 && from < extents[i - 1]![1]))
    refuse("its members overlap", "it is damaged, or made to exhaust the reader");
  return members;
}

/** The sizes of a member and where it begins, from the directory or the zip64 field there. */
function zip64Of({ u16, u32, u64 }: Reader, at: number, extra: number, length: number, refuse: Refuse) {
  const values = [u32(at + 24), u32(at + 20), u32(at + 42)];
  if (values.includes(ELSEWHERE)) {
    let field = extra;
    while (field + 4 <= extra + length && u16(field) !== 1) field += 4 + u16(field + 2);
    let from = field + 4;
    const end = field + 4 <= extra + length ? from + u16(field + 2) : from;
    for (let i = 0; i < values.length; i++) {
      if (values[i] !== ELSEWHERE) continue;
      if (from + 8 > end || end > extra + length) refuse("a zip64 field is missing", "it is damaged");
      values[i] = u64(from);
      from += 8;
    }
  }
  const [size, compressed, local] = values as [number, number, number];
  return { size, compressed, local };
}

/** Where the bytes of a member begin, after its own header. */
function dataOf({ u16, u32 }: Reader, local: number, nameLength: number, refuse: Refuse): number {
  if (u32(local) !== LOCAL || u16(local + 26) !== nameLength)
    refuse(`there is no member at byte ${local}`, "it is damaged");
  return local + 30 + nameLength + u16(local + 28);
}

/** The content of a member of which at most `limit` bytes may be made. */
export function contentOf({ data, method, size, checksum }: Member, limit: number, refuse: Refuse): Uint8Array {
  if (method !== STORED && method !== DEFLATED)
    refuse(`it is compressed by method ${method}`, "save it with np.savez or np.savez_compressed");
  if (method === STORED && size !== data.length) refuse(`it has ${data.length} bytes, not ${size}`, "it is damaged");
  const content = method === STORED ? data : inflated(data, size, limit, refuse);
  if (crc32(content) !== checksum) refuse("its checksum is wrong", "it is damaged");
  return content;
}

function inflated(data: Uint8Array, size: number, limit: number, refuse: Refuse): Uint8Array {
  if (size > data.length * MAX_RATIO)
    refuse(`${data.length} bytes cannot become ${size}`, "it is damaged, or made to exhaust the reader");
  if (!(size <= limit))
    refuse(`it becomes ${size} bytes, ${limit} are allowed`, "raise maxBytes if you trust the file");
  const damaged = (): never => refuse(`its ${data.length} bytes do not become ${size}`, "it is damaged");
  let out: Uint8Array;
  try {
    // One byte more, so that what is longer than it says is seen.
    out = inflateSync(data, { out: new Uint8Array(size + 1) });
  } catch {
    return damaged();
  }
  return out.length === size ? out : damaged();
}

let table: Int32Array | null = null;

/** The checksum of zip: the remainder of division by a polynomial over GF(2), bits in reverse. */
export function crc32(bytes: Uint8Array): number {
  table ??= Int32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

export interface ArchiveOptions {
  readonly compress: boolean;
  /** Stored content begins at a multiple of this. */
  readonly alignment: number;
  /** Numbers from this on go to zip64 fields. */
  readonly zip64From?: number;
}

/** The bytes of an archive. All its dates are 1 January 1980, so that the same members give the same bytes. */
export function archiveOf(
  op: string,
  members: readonly (readonly [name: string, content: Uint8Array])[],
  { compress, alignment, zip64From = ELSEWHERE }: ArchiveOptions,
): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [text, content] of members) {
    const name = utf8(text);
    const smaller = compress ? deflateSync(content) : content;
    const deflated = smaller.length < content.length;
    const data = deflated ? smaller : content;
    const large = [content.length, data.length, at].some((value) => value >= zip64From);
    const wide = (value: number): number => (large ? ELSEWHERE : value);
    const common = fields(
      [2, large ? 45 : 20],
      [2, UTF_8],
      [2, deflated ? DEFLATED : STORED],
      [2, 0],
      [2, (1 << 5) | 1],
      [4, crc32(content)],
      [4, wide(data.length)],
      [4, wide(content.length)],
      [2, name.length],
    );
    const sizes = large ? fields([2, 1], [2, 16], [8, content.length], [8, data.length]) : fields();
    // A field of zeros, under the number that Android's zipalign uses for it, brings the content to its place.
    const gap = deflated ? 0 : alignment - ((at + 30 + name.length + sizes.length + 4) % alignment);
    const padding = deflated ? fields() : joined([fields([2, 0xd935], [2, gap]), new Uint8Array(gap)], op);
    const local = joined(
      [fields([4, LOCAL]), common, fields([2, sizes.length + padding.length]), name, sizes, padding],
      op,
    );
    const places = large ? fields([2, 1], [2, 24], [8, content.length], [8, data.length], [8, at]) : fields();
    directory.push(
      fields([4, DIRECTORY], [2, large ? 45 : 20]),
      common,
      fields([2, places.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, wide(at)]),
      name,
      places,
    );
    pieces.push(local, data);
    at += local.length + data.length;
  }
  const size = directory.reduce((sum, piece) => sum + piece.length, 0);
  const count = members.length;
  const large = [count * (zip64From / 0xffff), size, at].some((value) => value >= zip64From);
  const end64 = large
    ? [
        fields([4, END_64], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, at]),
        fields([4, LOCATOR_64], [4, 0], [8, at + size], [4, 1]),
      ]
    : [];
  const [short, long] = large ? [0xffff, ELSEWHERE] : [count, 0];
  const end = fields([4, END], [2, 0], [2, 0], [2, short], [2, short], [4, long || size], [4, long || at], [2, 0]);
  return joined([...pieces, ...directory, ...end64, end], op);
}
