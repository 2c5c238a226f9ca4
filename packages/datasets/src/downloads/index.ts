/**
 * @file Entry "@deltagrad/datasets/downloads": sets that are fetched once, and files of one's own that are known by their
 * content.
 */
export { fashionMnist, kmnist, mnist } from "./mnist.ts";
export { cifar10 } from "./cifar10.ts";
export type { SetOptions } from "./local.ts";
export { download } from "./download.ts";
export type { DownloadEvent, DownloadOptions, RemoteFile } from "./download.ts";
