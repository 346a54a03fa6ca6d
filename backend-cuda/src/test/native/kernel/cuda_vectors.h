// The built-in vector types.
#pragma once

#define EMU_VECTORS(type, scalar, bytes)                                      \
  struct alignas(2 * bytes) type##2 { scalar x, y; };                         \
  struct alignas(bytes == 8 ? 16 : 4 * bytes) type##4 { scalar x, y, z, w; }; \
  inline type##2 make_##type##2(scalar x, scalar y) { return {x, y}; }        \
  inline type##4 make_##type##4(scalar x, scalar y, scalar z, scalar w) { return {x, y, z, w}; }

EMU_VECTORS(float, float, 4)
EMU_VECTORS(double, double, 8)
EMU_VECTORS(int, int, 4)
EMU_VECTORS(uint, unsigned, 4)
EMU_VECTORS(short, short, 2)
EMU_VECTORS(ushort, unsigned short, 2)
EMU_VECTORS(uchar, unsigned char, 1)
EMU_VECTORS(longlong, long long, 8)
