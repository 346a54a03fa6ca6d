"""Records which orientation Pillow's exif_transpose reads from metadata of image files.

Writes orientations.txt: the format, the orientation, and the pieces of metadata in order, as
hexadecimal digits. Those of PNG begin with the type of their chunk, after a minus if it follows the
pixels; those of WebP begin with the flags of the file, which are the same in all pieces.
"""

import io
import struct
import warnings
import zlib

import PIL
from PIL import Image, ImageOps

EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
FORMATS = {1: "B", 2: "B", 3: "H", 4: "I", 5: "II", 6: "b", 7: "B", 8: "h", 9: "i", 10: "ii",
           11: "f", 12: "d", 13: "I", 16: "Q", 17: "I", 99: "I"}


def tiff(order, kind, count, value, before=b""):
    mark = "<" if order == b"II" else ">"
    code = FORMATS[kind]
    data = struct.pack(mark + code, *([value, 1] if len(code) == 2 else [value])) * count
    start = 8 + 2 + len(before) + 12 + 4
    field = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(mark + "I", start)
    return (order + struct.pack(mark + "HIH", 42, 8, 1 + len(before) // 12) + before
            + struct.pack(mark + "HHI", 0x112, kind, count) + field + b"\0" * 4
            + (data if len(data) > 4 else b""))


def entry(tag, kind, count, value):
    return struct.pack("<HHII", tag, kind, count, value)


def profile(exif):
    digits = exif.hex()
    lines = [digits[i : i + 72] for i in range(0, len(digits), 72)]
    return ("\nexif\n%8d\n" % len(exif) + "\n".join(lines) + "\n").encode()


def xmp(value, before='="', after='"'):
    return f"<x><rdf:Description tiff:Orientation{before}{value}{after}/></x>".encode()


def cases():
    for order in (b"II", b"MM"):
        for kind in FORMATS:
            for count in (0, 1, 2, 5):
                yield "jpeg", EXIF + tiff(order, kind, count, 6)
        for value in range(0, 10):
            yield "jpeg", EXIF + tiff(order, 3, 1, value)
            yield "jpeg", EXIF + tiff(order, 4, 1, value)
    six = tiff(b"II", 3, 1, 6)
    three = tiff(b"MM", 3, 1, 3)
    for one in (entry(0x112, 3, 1, 8), entry(0x10F, 2, 9, 99999), entry(0x10F, 99, 9, 99999),
                entry(0x10F, 2, 9 << 20, 8), entry(0x10F, 2, 9, 70)):
        yield "jpeg", EXIF + tiff(b"II", 3, 1, 6, one)
    yield "jpeg", XMP + xmp(6), EXIF + three
    yield "jpeg", XMP + xmp(6), EXIF + tiff(b"MM", 3, 0, 1)
    yield "jpeg", EXIF + tiff(b"MM", 3, 1, 9), XMP + xmp(6)
    yield "jpeg", EXIF, XMP + xmp(6)
    yield "jpeg", XMP + xmp(6), XMP + xmp(3)
    yield "jpeg", EXIF + six, EXIF + three
    yield "jpeg", EXIF + six[:11], EXIF + six[11:]
    yield "jpeg", EXIF + six[:8], XMP + xmp(3), EXIF + six[8:]
    yield "jpeg", b"Exif\0\xff" + six
    yield "jpeg", EXIF + EXIF + six
    yield "jpeg", b""
    yield "jpeg", EXIF + b"II\0*" + six[4:]
    yield "jpeg", EXIF + b"MM*\0" + tiff(b"MM", 3, 1, 6)[4:]
    yield "jpeg", EXIF + six[:4] + struct.pack("<I", 4) + six[8:]
    yield "jpeg", EXIF + six[:4] + struct.pack("<I", 1 << 31) + six[8:]
    yield "jpeg", EXIF + six[:8] + b"\xff\xff" + six[10:]
    yield "jpeg", EXIF + tiff(b"II", 5, 1, 6)[:-4] + struct.pack("<I", 2)
    for before, after in (('="', '"'), (">", "<"), ("='", "'"), ('= "', '"')):
        yield "jpeg", XMP + xmp(6, before, after)
        yield "png", b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + xmp(6, before, after)
        yield "webp", b"\4XMP " + xmp(6, before, after)
    for late in (b"", b"-"):
        yield "png", late + b"eXIf" + six
        yield "png", late + b"eXIf" + EXIF + three
        text = b"Raw profile type exif\0"
        hexed = profile(EXIF + six)
        yield "png", late + b"tEXt" + text + hexed
        yield "png", late + b"zTXt" + text + b"\0" + zlib.compress(hexed)
        yield "png", late + b"iTXt" + text + b"\0\0\0\0" + hexed
        yield "png", late + b"iTXt" + text + b"\1\0en\0key\0" + zlib.compress(hexed)
    yield "png", b"eXIf" + six, b"tEXtRaw profile type exif\0" + profile(EXIF + three)
    yield "png", b"eXIf" + six, b"eXIf" + three
    yield "png", b"tEXtexif\0" + six
    yield "webp", b"\x08EXIF" + six
    yield "webp", b"\x08EXIF" + EXIF + three
    yield "webp", b"\0EXIF" + six
    yield "webp", b"\x0cEXIF" + six, b"\x0cXMP " + xmp(3)


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def riff(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def file(image, kind, pieces):
    data = encoded(image, kind, **({"lossless": True} if kind == "webp" else {}))
    if kind == "jpeg":
        return (data[:2] + b"".join(b"\xff\xe1" + struct.pack(">H", len(one) + 2) + one
                                    for one in pieces) + data[2:])
    if kind == "png":
        late = [one[1:] for one in pieces if one[:1] == b"-"]
        early = [one for one in pieces if one[:1] != b"-"]
        end = data.index(b"IEND") - 4
        return (data[:33] + b"".join(chunk(one[:4], one[4:]) for one in early) + data[33:end]
                + b"".join(chunk(one[:4], one[4:]) for one in late) + data[end:])
    size = struct.pack("<I", image.width - 1)[:3] + struct.pack("<I", image.height - 1)[:3]
    body = (b"WEBP" + riff(b"VP8X", pieces[0][:1] + b"\0\0\0" + size) + data[12:]
            + b"".join(riff(one[1:5], one[5:]) for one in pieces))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def main():
    warnings.simplefilter("ignore")
    image = Image.new("RGB", (40, 16))
    for x in range(20):
        for y in range(8):
            image.putpixel((x, y), (255, 255, 255))
    turns = [None, None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180,
             Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270,
             Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90]
    with open("orientations.txt", "w") as out:
        print(f"# Pillow {PIL.__version__}", file=out)
        for kind, *pieces in cases():
            stored = Image.open(io.BytesIO(file(image, kind, pieces)))
            upright = ImageOps.exif_transpose(stored)
            stored.load()
            pixels = upright.size, upright.convert("L").point(lambda v: 255 * (v > 127)).tobytes()
            for orientation in range(1, 9):
                turn = turns[orientation]
                wanted = image if turn is None else image.transpose(turn)
                if (wanted.size, wanted.convert("L").tobytes()) == pixels:
                    break
            else:
                raise ValueError(kind)
            print(kind, orientation, *(one.hex() or "-" for one in pieces), file=out)


if __name__ == "__main__":
    main()
