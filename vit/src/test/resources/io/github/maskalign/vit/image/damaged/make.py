"""Makes JPEG files with Pillow, damages them, and records whether Pillow decodes them.

Writes 00.jpg, 01.jpg, ... and verdicts.txt to the current folder. A line of verdicts.txt has the
number of a file, what Pillow does (decodes, broken, truncated, unidentified), and the edits, in
order: AT=HEX overwrites bytes, AT+HEX inserts bytes, AT-COUNT removes bytes.
"""

import io
import random
import warnings

import numpy
import PIL
from PIL import Image

LINES = 2000
MARKERS = "d0 d1 d3 d9 da c4 db c0 c2 fe e1 dd 02 f0 01 d8".split()


def scene(width, height, mode):
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [
        (x * 5 + 40 * numpy.sin(y / 5)) % 256,
        (y * 4 + x) % 256,
        127 + 90 * numpy.sin(x / 7) * numpy.cos(y / 6),
    ]
    pixels = numpy.stack(planes, 2).clip(0, 255).astype("uint8")
    return Image.fromarray(pixels).convert(mode)


def originals():
    for mode, width, height in (("RGB", 48, 40), ("L", 40, 33), ("CMYK", 25, 24)):
        for options in (
            {},
            {"progressive": True},
            {"restart_marker_blocks": 2},
            {"progressive": True, "restart_marker_blocks": 3},
        ):
            out = io.BytesIO()
            scene(width, height, mode).save(out, "JPEG", quality=60, **options)
            yield out.getvalue()


def verdict(data):
    try:
        Image.open(io.BytesIO(data)).load()
        return "decodes"
    except Image.UnidentifiedImageError:
        return "unidentified"
    except Exception as failure:
        return "truncated" if "truncated" in str(failure) else "broken"


def segments(data):
    at = 2
    while data[at + 1] != 0xDA:
        end = at + 2 + (data[at + 2] << 8 | data[at + 3])
        yield at, end
        at = end


def edit(data, draw):
    at = draw.randrange(2, len(data) if draw.random() < 0.6 else min(len(data), 620))
    kind = draw.randrange(7)
    if kind == 0:
        return f"{at}={data[at] ^ 1 << draw.randrange(8):02x}"
    if kind == 1:
        return f"{at}={draw.randbytes(draw.choice((1, 1, 24))).hex()}"
    if kind == 2:
        return f"{at}-{draw.randrange(1, 6)}"
    if kind == 3:
        return f"{at}+{draw.randbytes(draw.randrange(1, 6)).hex()}"
    if kind == 4:
        return f"{at}=ff{draw.choice(MARKERS)}"
    try:
        start, end = draw.choice(list(segments(data)))
    except IndexError:
        return f"{at}-1"
    if kind == 5:
        return f"{start}-{end - start}"
    return f"{start}+{draw.randbytes(2).hex()}"


def apply(data, edit):
    for sign in "=+-":
        at, found, rest = edit.partition(sign)
        if found:
            at = int(at)
            if sign == "-":
                return data[:at] + data[at + int(rest):]
            new = bytes.fromhex(rest)
            return data[:at] + new + data[at + (len(new) if sign == "=" else 0):]


def main():
    warnings.simplefilter("ignore")
    draw = random.Random(16)
    files = list(originals())
    for i, data in enumerate(files):
        with open(f"{i:02d}.jpg", "wb") as out:
            out.write(data)
    with open("verdicts.txt", "w") as out:
        print(f"# Pillow {PIL.__version__}", file=out)
        for _ in range(LINES):
            number = draw.randrange(len(files))
            data = files[number]
            edits = []
            for _ in range(draw.choice((1, 1, 2, 3))):
                edits.append(edit(data, draw))
                data = apply(data, edits[-1])
            print(f"{number:02d}", verdict(data), *edits, file=out)


if __name__ == "__main__":
    main()
