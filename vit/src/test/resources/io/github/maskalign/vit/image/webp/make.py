"""Makes WebP files with Pillow, and records the digests of the pixels that Pillow decodes.

Writes NAME.webp and digests.txt: name, width, height, SHA-256 of the pixels [H, W, 3].
"""

import hashlib
import io
import struct

import numpy
import PIL
from PIL import Image


def scene(width, height, turn=0):
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [
        (x * 5 + 40 * numpy.sin(y / 5 + turn)) % 256,
        (y * 4 + x) % 256,
        127 + 90 * numpy.sin(x / 7 + turn) * numpy.cos(y / 6),
    ]
    return Image.fromarray(numpy.stack(planes, 2).clip(0, 255).astype("uint8"))


def with_alpha(image):
    pixels = numpy.dstack([numpy.asarray(image), numpy.asarray(image)[:, :, 0]])
    pixels[: image.height // 2, :, 3] = 0
    return Image.fromarray(pixels)


def encoded(image, **options):
    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


def chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def small_first_frame():
    u24 = lambda value: struct.pack("<I", value)[:3]
    frame = (u24(5) + u24(4) + u24(18) + u24(12) + u24(100) + b"\0"
             + encoded(scene(19, 13), quality=80)[12:])
    body = (b"WEBP" + chunk(b"VP8X", b"\x12\0\0\0" + u24(39) + u24(29))
            + chunk(b"ANIM", struct.pack("<IH", 0xFF112233, 0)) + chunk(b"ANMF", frame))
    return b"RIFF" + struct.pack("<I", len(body)) + body


def files():
    for quality in (5, 75):
        yield f"lossy-{quality}", encoded(scene(61, 47), quality=quality)
    yield "segments", encoded(scene(96, 80), quality=20, method=6)
    yield "one-pixel", encoded(scene(1, 1))
    yield "lossless", encoded(scene(33, 21), lossless=True)
    yield "lossless-one-color", encoded(Image.new("RGB", (1200, 1000), (200, 17, 30)), lossless=True)
    yield "lossy-alpha", encoded(with_alpha(scene(33, 21)), quality=60)
    yield "lossless-alpha", encoded(with_alpha(scene(33, 21)), lossless=True, exact=True)
    frames = [scene(40, 30, turn) for turn in range(3)]
    yield "animation", encoded(frames[0], save_all=True, append_images=frames[1:], quality=70)
    yield "small-first-frame", small_first_frame()


def main():
    with open("digests.txt", "w") as out:
        print(f"# Pillow {PIL.__version__}", file=out)
        for name, data in files():
            with open(name + ".webp", "wb") as file:
                file.write(data)
            image = Image.open(io.BytesIO(data)).convert("RGB")
            digest = hashlib.sha256(image.tobytes()).hexdigest()
            print(name, image.width, image.height, digest, file=out)


if __name__ == "__main__":
    main()
