/** @file MNIST and two sets of its form: 70,000 grey images of 28 × 28 pixels, in ten classes. */
import { type Tensor, TensorError } from "@deltagrad/tensor";
import { formatShape } from "../checks.ts";
import { readIdxFor } from "../files/idx.ts";
import { nameOf } from "../files/source.ts";
import type { About, Classification } from "../record.ts";
import type { RemoteFile } from "./download.ts";
import { checkSetOptions, type SetOptions, sourceOf } from "./local.ts";

/** Size and SHA-256 of a file. */
type Known = readonly [bytes: number, sha256: string];

interface Published {
  readonly op: string;
  readonly mirrors: readonly string[];
  /** Images and labels of each part. */
  readonly files: Readonly<Record<"train" | "test", readonly [images: Known, labels: Known]>>;
  readonly classes: readonly string[];
  readonly about: About;
}

type Images = Classification<readonly [number, 28, 28]>;

async function load({ op, mirrors, files, classes, about }: Published, options: SetOptions): Promise<Images> {
  checkSetOptions(op, options);
  const { part = "train", dtype = "float32" } = options;
  const fileOf = (what: "images-idx3" | "labels-idx1", [bytes, sha256]: Known): RemoteFile => {
    const short = `${part === "train" ? "train" : "t10k"}-${what}-ubyte.gz`;
    return { name: `${op}/${short}`, urls: mirrors.map((mirror) => mirror + short), bytes, sha256 };
  };
  const [images, labels] = files[part];
  const imageSource = await sourceOf(op, fileOf("images-idx3", images), options);
  const labelSource = await sourceOf(op, fileOf("labels-idx1", labels), options);
  const features: Tensor = await readIdxFor(op, imageSource, { dtype });
  const classNumbers: Tensor = await readIdxFor(op, labelSource, { dtype: "int32" });
  const [n, height, width] = features.shape;
  if (features.rank !== 3 || height !== 28 || width !== 28)
    throw new TensorError(
      op,
      `there is ${formatShape(features.shape)} in ${nameOf(imageSource)}`,
      "images are [n, 28, 28]",
    );
  if (classNumbers.rank !== 1 || classNumbers.shape[0] !== n)
    throw new TensorError(
      op,
      `there is ${formatShape(classNumbers.shape)} in ${nameOf(labelSource)}, for ${n} images`,
      "give the labels that belong to the images",
    );
  const bad = classNumbers.toTypedArray().findIndex((label) => label < 0 || label >= classes.length);
  if (bad >= 0)
    throw new TensorError(
      op,
      `${nameOf(labelSource)}: label ${bad} is none of 0 to ${classes.length - 1}`,
      "it is damaged",
    );
  return {
    features: features as Tensor<readonly [number, 28, 28]>,
    labels: classNumbers as Tensor<readonly [number]>,
    classes,
    about,
  };
}

/**
 * MNIST: 60,000 handwritten digits to train with, 10,000 to test; downloaded once, about 12 MB.
 *
 * Shapes: features [n, 28, 28], float32 unless `dtype` says otherwise; labels [n], int32.
 * Units: 0 (paper) to 255 (ink).
 * Throws: TensorError when the files cannot be had (see `download`), or local copies are something else.
 * Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database, CC BY-SA 3.0. Checksums: those of TensorFlow Datasets.
 *
 * @example
 * const images = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28, ...Array(784).fill(255)]);
 * const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7);
 * const files = { "t10k-images-idx3-ubyte.gz": images, "t10k-labels-idx1-ubyte.gz": labels }; // or "/data/mnist"
 * (await mnist({ part: "test", files })).features.shape;   // => [1, 28, 28]
 */
export const mnist = (options: SetOptions = {}): Promise<Images> =>
  load(
    {
      op: "mnist",
      mirrors: [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://azureopendatastorage.blob.core.windows.net/mnist/",
      ],
      files: {
        train: [
          [9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"],
          [28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"],
        ],
        test: [
          [1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"],
          [4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
        ],
      },
      classes: [..."0123456789"],
      about: {
        name: "MNIST",
        description: "handwritten digits, 28 × 28 pixels of 0 to 255",
        source: "Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits",
        licence: "CC BY-SA 3.0",
      },
    },
    options,
  );

/**
 * Fashion-MNIST: 60,000 articles of clothing to train with, 10,000 to test; downloaded once, about 31 MB.
 *
 * Shapes, Units, Throws: as mnist.
 * Source: H. Xiao, K. Rasul, R. Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747, MIT licence. Checksums: those of
 * TensorFlow Datasets.
 *
 * @example
 * await fashionMnist({ files: {} }).catch((error) => error.op);   // => "fashionMnist"
 */
export const fashionMnist = (options: SetOptions = {}): Promise<Images> =>
  load(
    {
      op: "fashionMnist",
      mirrors: [
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      ],
      files: {
        train: [
          [26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"],
          [29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"],
        ],
        test: [
          [4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"],
          [5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"],
        ],
      },
      classes: [
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
      ],
      about: {
        name: "Fashion-MNIST",
        description: "articles of clothing, 28 × 28 pixels of 0 to 255",
        source: "H. Xiao, K. Rasul, R. Vollgraf (2017), arXiv:1708.07747",
        licence: "MIT",
      },
    },
    options,
  );

/**
 * Kuzushiji-MNIST: 60,000 cursive Japanese characters to train with, 10,000 to test; downloaded once, about 21 MB.
 *
 * Shapes, Units, Throws: as mnist.
 * Source: T. Clanuwat and others (2018), Deep Learning for Classical Japanese Literature, arXiv:1812.01718,
 * doi:10.20676/00000341, CC BY-SA 4.0. Checksums: those of TensorFlow Datasets.
 *
 * @example
 * await kmnist({ files: {} }).catch((error) => error.op);   // => "kmnist"
 */
export const kmnist = (options: SetOptions = {}): Promise<Images> =>
  load(
    {
      op: "kmnist",
      mirrors: [
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "https://web.archive.org/web/2020id_/http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
      ],
      files: {
        train: [
          [18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"],
          [29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"],
        ],
        test: [
          [3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"],
          [5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"],
        ],
      },
      classes: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
      about: {
        name: "KMNIST",
        description: "cursive Japanese characters, 28 × 28 pixels of 0 to 255",
        source: "T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha (2018), arXiv:1812.01718",
        doi: "10.20676/00000341",
        licence: "CC BY-SA 4.0",
      },
    },
    options,
  );
