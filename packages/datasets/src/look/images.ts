/** @file Entry "@deltagrad/datasets/images": many images on one sheet, as PNG or SVG. */
import { type Shape, type Tensor, TensorError } from "@deltagrad/tensor";
import { contiguous } from "@deltagrad/tensor/extend";
import { checkNumber, checkTensor, checkWhole, formatShape, shown } from "../checks.ts";

declare const btoa: (binary: string) => string;

export interface GridOptions {
  /** Images in a row of the sheet; about as many as rows, if left out. */
  readonly columns?: number;
  /** Pixels between images. */
  readonly gap?: number;
  /** How many pixels of the sheet a pixel of an image is wide and high. */
  readonly scale?: number;
  /** What is black and what is white; the lowest and highest value of all, if left out. */
  readonly range?: readonly [black: number, white: number];
  /** Brightness between images, from 0 (black) to 255. */
  readonly background?: number;
}

export interface SvgOptions extends GridOptions {
  readonly format: "svg";
  /** What is written below each image. */
  readonly captions?: ArrayLike<string | number>;
}

/** Pixels that make up images: [n, height, width, channels] over the values. */
interface Images {
  readonly values: ArrayLike<number>;
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Images side by side on one sheet: the bytes of a PNG file, or the text of an SVG, which can have captions.
 *
 * Shapes: images [n, height, width] in grey, or [n, channels, height, width] with 1 (grey), 3 (red, green, blue) or 4
 * (and opacity) channels.
 * At the edges: values out of the range are black or white; NaN is black; equal values without a range are black.
 * Throws: TensorError when there are no images, or the shape is another: reshape(x, [n, 8, 8]) for rows of pixels.
 *
 * @example
 * const images = digits().features.slice([0, 20]).reshape([20, 8, 8]);
 * const png = await grid(images, { columns: 10, scale: 4 });
 * [...png.slice(1, 4)].map((byte) => String.fromCharCode(byte)).join("");   // => "PNG"
 * const svg = await grid(images, { format: "svg", captions: digits().labels.slice([0, 20]).toArray() });
 * svg.startsWith("<svg");   // => true
 */
export function grid(images: Tensor, options: SvgOptions): Promise<string>;
export function grid(images: Tensor, options?: GridOptions & { readonly format?: "png" }): Promise<Uint8Array>;
export async function grid(
  images: Tensor,
  { format = "png", captions, scale = 1, ...options }: Partial<Omit<SvgOptions, "format">> & { format?: string } = {},
): Promise<Uint8Array | string> {
  const source = imagesOf(images);
  checkWhole("grid", "scale", scale, 1);
  if (format !== "png" && format !== "svg")
    throw new TensorError("grid", `there is no format ${shown(format)}`, 'use "png" or "svg"');
  if (captions !== undefined && format === "png")
    throw new TensorError("grid", "a PNG has no captions", 'use { format: "svg" }');
  if (captions !== undefined && captions.length !== source.count)
    throw new TensorError("grid", `${captions.length} captions for ${source.count} images`, "give one for each");
  const layout = layoutOf(source, options, captions === undefined ? 0 : Math.ceil(CAPTION / scale));
  const pixels = toPixels(source, options.range);
  const { encode } = await import("fast-png");
  const png = (times: number): Uint8Array => {
    const sheet = drawSheet(source, pixels, layout, times);
    return encode({ ...sheet, channels: source.channels as 1 | 3 | 4, depth: 8 });
  };
  return format === "png" ? png(scale) : toSvg(png(1), layout, scale, captions);
}

/** Pixels of the sheet that a caption takes, and the size of its letters. */
const CAPTION = 14;
const LETTERS = 11;

function imagesOf(images: Tensor): Images {
  checkTensor("grid", "images", images);
  const shape: Shape = images.shape;
  const [count, channels] = [shape[0] ?? 0, shape.length === 4 ? shape[1]! : 1];
  const [height, width] = shape.slice(-2) as [number, number];
  if (shape.length < 3 || shape.length > 4 || ![1, 3, 4].includes(channels) || images.size === 0)
    throw new TensorError(
      "grid",
      `there are no images in ${formatShape(shape)}`,
      "give [n, height, width], or [n, channels, height, width] with 1, 3 or 4 channels",
      [images],
    );
  return { values: contiguous("grid", images), count, channels, height, width };
}

interface Layout {
  readonly columns: number;
  /** From one image to the next. */
  readonly across: number;
  readonly down: number;
  readonly gap: number;
  readonly width: number;
  readonly height: number;
  readonly background: number;
  /** Where the image of that number begins. */
  place(index: number): readonly [x: number, y: number];
}

function layoutOf({ count, width, height }: Images, options: GridOptions, caption: number): Layout {
  const { columns = Math.ceil(Math.sqrt(count)), gap = 1, background = 255 } = options;
  checkWhole("grid", "columns", columns, 1);
  checkWhole("grid", "gap", gap);
  checkNumber("grid", "background", background, 0, 255);
  const wide = Math.min(columns, count);
  const [across, down] = [width + gap, height + gap + caption];
  return {
    columns: wide,
    across,
    down,
    gap,
    background,
    width: wide * across + gap,
    height: Math.ceil(count / wide) * down + gap,
    place: (index) => [gap + (index % wide) * across, gap + Math.floor(index / wide) * down],
  };
}

/** The values as brightness, 0 to 255. */
function toPixels({ values }: Images, range: readonly [number, number] | undefined): Uint8Array {
  if (range !== undefined && !(range[0] < range[1] && Number.isFinite(range[1] - range[0])))
    throw new TensorError("grid", `there is no range from ${shown(range[0])} to ${shown(range[1])}`, "use low < high");
  let [low, high] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  if (range === undefined)
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) continue;
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
  const extent = high > low ? high - low : 1;
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < pixels.length; i++) {
    const share = (values[i]! - low) / extent;
    pixels[i] = share > 0 ? Math.round(255 * Math.min(1, share)) : 0;
  }
  return pixels;
}

/** The sheet, each of its pixels `times` wide and high, with the channels of a pixel side by side as files have them. */
function drawSheet(
  { count, channels, height, width }: Images,
  pixels: Uint8Array,
  layout: Layout,
  times: number,
): { width: number; height: number; data: Uint8Array } {
  const [wide, high] = [layout.width * times, layout.height * times];
  const data = new Uint8Array(wide * high * channels).fill(layout.background);
  if (channels === 4) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  for (let index = 0; index < count; index++) {
    const [left, top] = layout.place(index);
    for (let y = 0; y < height * times; y++) {
      const row = Math.floor(y / times) * width;
      let at = ((top * times + y) * wide + left * times) * channels;
      for (let x = 0; x < width * times; x++)
        for (let channel = 0; channel < channels; channel++)
          data[at++] = pixels[(index * channels + channel) * height * width + row + Math.floor(x / times)]!;
    }
  }
  return { width: wide, height: high, data };
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The sheet as an image within an SVG, with a line of text below each of its images. */
function toSvg(
  png: Uint8Array,
  layout: Layout,
  scale: number,
  captions: ArrayLike<string | number> | undefined,
): string {
  const [width, height] = [layout.width * scale, layout.height * scale];
  let binary = "";
  for (let i = 0; i < png.length; i += 4096) binary += String.fromCharCode(...png.subarray(i, i + 4096));
  const middle = (layout.across - layout.gap) / 2;
  const texts = Array.from(captions ?? [], (caption, index) => {
    const [left, top] = layout.place(index);
    const x = (left + middle) * scale;
    const y = (top + layout.down - layout.gap) * scale - 3;
    return `<text x="${x}" y="${y}">${escaped(String(caption))}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="${LETTERS}" text-anchor="middle">`,
    `<image width="${width}" height="${height}" style="image-rendering:pixelated" href="data:image/png;base64,${btoa(binary)}"/>`,
    ...texts,
    "</svg>",
  ].join("\n");
}
