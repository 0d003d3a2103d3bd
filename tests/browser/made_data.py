"""Data sets to make pages of, whose names are what names should not be."""

import struct
import zlib

HOSTILE = [
    "<script>window.pwned = 1</script>",
    "</script><img src=x onerror='window.pwned = 1'>\"'`${window.pwned = 1}",
    "two\nlines \u202eright to left \u05d0\u05d1\u05d2",
    "l" + "o" * 10000 + "ng",
]


def rows(classes, each, side=6):
    """(class, pixels) of pictures whose row of the class's number is bright, but every seventh is another class's."""
    for i in range(classes * each):
        label = i % classes
        bright = (label + 1) % classes if i % 7 == 0 else label
        yield label, [(220 if p // side == bright else 10) + (i * 5 + p * 3) % 30 for p in range(side * side)]


def write_csv(path, names, each=40):
    def field(text):
        return '"' + text.replace('"', '""') + '"'

    with open(path, "w", encoding="utf-8") as file:
        file.write("label," + ",".join(f"pixel{p + 1}" for p in range(36)) + "\n")
        for label, pixels in rows(len(names), each):
            file.write(field(names[label]) + "," + ",".join(map(str, pixels)) + "\n")


def png(pixels, side=6):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\0" + bytes(pixels[y * side:(y + 1) * side]) for y in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def write_photos(folder, names, each=6):
    """A folder a class; the files have names as bad as the classes'."""
    for i, (label, pixels) in enumerate(rows(len(names), each)):
        where = folder / "train" / names[label]
        where.mkdir(parents=True, exist_ok=True)
        (where / f"{i} <b onclick=x>\"'\n\u202e&amp;.png").write_bytes(png(pixels))
