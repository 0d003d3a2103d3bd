#!/usr/bin/python3
"""JPEG files to Fashion-MNIST's kind of picture, as its authors made them, in Pillow: decoded small (draft), upright, trimmed by the
corners' colour, fitted to 28 pixels, sharpened, centred, negated, grey. Prints how many, as JSON.

    pillow_photos.py FOLDER [--processes 2]
"""
import argparse, json, multiprocessing
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageOps

SIDE = 28
DECODED = 256


def convert(path):
    picture = Image.open(path)
    picture.draft("RGB", (DECODED, DECODED))
    picture = ImageOps.exif_transpose(picture).convert("RGB")
    picture.thumbnail((DECODED, DECODED), Image.BOX)
    corner = picture.getpixel((0, 0))
    difference = ImageChops.difference(picture, Image.new("RGB", picture.size, corner))
    box = difference.convert("L").point(lambda v: 255 * (v > 12)).getbbox()
    picture = picture.crop(box) if box else picture
    scale = SIDE / max(picture.size)
    picture = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.BOX)
    picture = picture.filter(ImageFilter.UnsharpMask(radius=1, percent=100, threshold=0))
    whole = Image.new("RGB", (SIDE, SIDE), corner)
    whole.paste(picture, [(SIDE - side) // 2 for side in picture.size])
    return ImageOps.invert(whole).convert("L").tobytes()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    paths = sorted(arguments.folder.glob("*.jpg"))
    with multiprocessing.Pool(arguments.processes) as pool:
        pictures = pool.map(convert, paths, chunksize=16)
    print(json.dumps({"pictures": len(pictures)}))


if __name__ == "__main__":
    main()
