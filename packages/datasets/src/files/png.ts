/** @file Images in PNG, decoded by fast-png once their header is known to be true. */
import { type DType, type Tensor, TensorError, tensor } from "@deltagrad/tensor";
import { allocate } from "@deltagrad/tensor/extend";
import { shown } from "../checks.ts";
import { reasonOf } from "./platform.ts";
import { type FileSource, inflated, joined, type ReadOptions, type Refuse, readBytes } from "./source.ts";

export interface PngOptions extends ReadOptions {
  /** Whole numbers as they are stored (int32), unless another type is wanted. */
  readonly dtype?: Exclude<DType, "bool">;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels of a pixel as it is stored, by the type of colour. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** The chunks that make the image; the others (texts, profiles) are left out. */
const NEEDED = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** Grey, RGB, palette, grey and alpha, RGB and alpha, as the file numbers them. */
  readonly colour: number;
  readonly channels: number;
  readonly interlaced: boolean;
}

/**
 * An image in PNG, with its channels in front: 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGB and alpha).
 *
 * Shapes: [channels, height, width].
 * Units: 0 to 2ᵈ − 1 for d bits of a channel: 255 for most images, 1 for black and white; 0 is black, or transparent.
 * Dtype: int32, or what `dtype` says.
 * At the edges: colours of a palette become RGB of 8 bits; a colour that stands for transparency becomes alpha 0.
 * Throws: TensorError for a file that is truncated or damaged (checksums are compared), and for a size that its data do
 * not have, before anything is allocated; and for interlaced images of less than 8 bits.
 * Source: Portable Network Graphics (PNG) Specification, W3C, third edition.
 *
 * @example
 * const file = await grid(tensor([[[0, 1], [1, 0]]]), { gap: 0 });
 * const image = await readPng(file);
 * image.toArray();   // => [[[0, 255], [255, 0]]]
 */
export async function readPng(
  source: FileSource,
  options: PngOptions = {},
): Promise<Tensor<readonly [number, number, number]>> {
  const op = "readPng";
  const { dtype = "int32" } = options;
  if (!["int32", "float32", "float64"].includes(dtype))
    throw new TensorError(op, `dtype is ${shown(dtype)}`, "use int32, float32 or float64");
  const { bytes, refuse } = await readBytes(op, source, options);
  const { header, data, chunks } = chunksOf(bytes, refuse);
  await checkSize(header, data, refuse);
  const { decode } = await import("fast-png");
  let image: ReturnType<typeof decode>;
  try {
    image = decode(joined(chunks), { checkCrc: true });
  } catch (error) {
    return refuse(`it cannot be decoded (${reasonOf(error)})`, "it is damaged");
  }
  const samples = samplesOf(header, image.data);
  const pixels =
    image.palette === undefined ? keyed(header, samples, image.transparency) : coloured(samples, image.palette, refuse);
  const { width, height } = header;
  const channels = pixels.length / (width * height);
  const out = allocate(dtype, pixels.length, op);
  for (let channel = 0, at = 0; channel < channels; channel++)
    for (let i = channel; i < pixels.length; i += channels) out[at++] = pixels[i]!;
  return tensor(out, { shape: [channels, height, width], dtype, copy: false });
}

/** The header, the compressed data, and the file without what is not needed. */
function chunksOf(bytes: Uint8Array, refuse: Refuse) {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) refuse("it does not begin as PNG does", "it is no PNG file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = [bytes.subarray(0, SIGNATURE.length)];
  const data: Uint8Array[] = [];
  let header: Header | null = null;
  let palette = false;
  for (let at = SIGNATURE.length, type = ""; type !== "IEND"; ) {
    if (at + 12 > bytes.length) refuse(`it ends at byte ${bytes.length} without its last chunk`, "it is truncated");
    const length = view.getUint32(at);
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length)
      refuse(`the chunk ${JSON.stringify(type)} at byte ${at} ends beyond the file`, "it is truncated or damaged");
    if ((type === "IHDR") !== (header === null))
      refuse(`there is ${JSON.stringify(type)} at byte ${at}`, "a PNG file has one header, at its beginning");
    if (type === "IHDR") header = headerOf(bytes.subarray(at + 8, at + 8 + length), refuse);
    if (type === "PLTE") palette = true;
    if (type === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + length));
    if (NEEDED.includes(type)) chunks.push(bytes.subarray(at, end));
    at = end;
  }
  const known = header ?? refuse("it has no header", "it is damaged");
  if (known.colour === 3 && !palette) refuse("its palette is missing", "it is damaged");
  return { header: known, data, chunks };
}

function headerOf(bytes: Uint8Array, refuse: Refuse): Header {
  if (bytes.length !== 13) return refuse(`its header has ${bytes.length} bytes, not 13`, "it is damaged");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, , , interlace] = bytes.subarray(8) as unknown as readonly [
    number,
    number,
    number,
    number,
    number,
  ];
  if (width === 0 || height === 0) refuse(`it is ${width} pixels wide and ${height} high`, "it is damaged");
  if (!DEPTHS[colour]?.includes(depth))
    refuse(`there are no images of ${depth} bits with colours of type ${colour}`, "it is damaged");
  if (interlace > 1) refuse(`interlacing of type ${interlace} is unknown`, "it is damaged");
  if (interlace === 1 && depth < 8)
    refuse(`it is interlaced, with ${depth} bits for a channel`, "save it without interlacing");
  return { width, height, depth, colour, channels: CHANNELS[colour]!, interlaced: interlace === 1 };
}

/** Throws unless the data are just what an image of that size takes. */
async function checkSize(header: Header, data: readonly Uint8Array[], refuse: Refuse): Promise<void> {
  const needed = sizeOf(header);
  const source = (async function* () {
    yield* data;
  })();
  let made = 0;
  for await (const chunk of inflated(source, "deflate", needed, (problem, advice) =>
    refuse(`its data: ${problem}`, advice.startsWith("raise") ? "it is damaged" : advice),
  ))
    made += chunk.length;
  if (made !== needed)
    refuse(`${header.width} × ${header.height} pixels take ${needed} bytes, there are ${made}`, "it is damaged");
}

/** From where, and in which steps, the seven passes of an interlaced image take columns and rows. */
const PASSES = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

/** The bytes of an image before compression: each row of each pass begins with one that names its filter. */
function sizeOf({ width, height, depth, channels, interlaced }: Header): number {
  const rows = (columns: number, count: number): number =>
    columns === 0 ? 0 : count * (1 + Math.ceil((columns * channels * depth) / 8));
  if (!interlaced) return rows(width, height);
  const part = (extent: number, from: number, step: number): number => Math.max(0, Math.ceil((extent - from) / step));
  return PASSES.reduce((sum, [x, dx, y, dy]) => sum + rows(part(width, x, dx), part(height, y, dy)), 0);
}

/** One number for each channel of each pixel: those of less than 8 bits are packed, row by row. */
function samplesOf({ width, height, depth, channels }: Header, data: ArrayLike<number>): ArrayLike<number> {
  if (depth >= 8) return data;
  const samples = new Uint8Array(width * height * channels);
  const perRow = Math.ceil((width * depth) / 8);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      samples[at++] = (data[y * perRow + (bit >> 3)]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  return samples;
}

/** The colours of a palette; with alpha, if any of them has it. */
function coloured(
  samples: ArrayLike<number>,
  palette: readonly (readonly number[])[],
  refuse: Refuse,
): ArrayLike<number> {
  const channels = palette.some((colour) => colour.length > 3) ? 4 : 3;
  const out = new Uint8Array(samples.length * channels);
  for (let i = 0; i < samples.length; i++) {
    const colour =
      palette[samples[i]!] ?? refuse(`pixel ${i} has colour ${samples[i]} of ${palette.length}`, "it is damaged");
    for (let channel = 0; channel < channels; channel++) out[i * channels + channel] = colour[channel] ?? 255;
  }
  return out;
}

/** The same pixels; if one colour stands for transparency, with alpha. */
function keyed(header: Header, samples: ArrayLike<number>, key: ArrayLike<number> | undefined): ArrayLike<number> {
  const { channels, depth } = header;
  if (key === undefined || key.length !== channels) return samples;
  const count = samples.length / channels;
  const out = new Uint16Array(count * (channels + 1));
  for (let i = 0; i < count; i++) {
    let same = true;
    for (let channel = 0; channel < channels; channel++) {
      const value = samples[i * channels + channel]!;
      out[i * (channels + 1) + channel] = value;
      same &&= value === key[channel];
    }
    out[i * (channels + 1) + channels] = same ? 0 : 2 ** depth - 1;
  }
  return out;
}
