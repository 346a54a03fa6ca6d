// libcublas: handles and column-major matrix products, in F64, F32 and BF16 with F32 sums.
#include <algorithm>
#include <cstring>
#include <vector>

#include "../driver/emu.h"

namespace {

enum Status {
  OK = 0,
  NOT_INITIALIZED = 1,
  ALLOC_FAILED = 3,
  INVALID_VALUE = 7,
  EXECUTION_FAILED = 13,
  NOT_SUPPORTED = 15
};
enum Type { F32 = 0, F64 = 1, BF16 = 14 };
enum Compute { IN_F32 = 68, IN_F64 = 70, IN_TF32 = 77 };

struct Handle {
  void* stream = nullptr;
  bool workspace = false;
};

struct Operand {
  const char* address;
  int type;
  int64_t leading, stride;
  bool transposed;
};

struct Product {
  int64_t m, n, k, batch;
  double alpha, beta;
  Operand a, b, c;
  int compute;
};

size_t width(int type) { return type == F64 ? 8 : type == F32 ? 4 : 2; }

double load(const char* address, int type, int64_t index) {
  if (type == F64) return reinterpret_cast<const double*>(address)[index];
  if (type == F32) return reinterpret_cast<const float*>(address)[index];
  uint32_t bits = uint32_t(reinterpret_cast<const uint16_t*>(address)[index]) << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

void store(char* address, int type, int64_t index, double value) {
  if (type == F64) {
    reinterpret_cast<double*>(address)[index] = value;
    return;
  }
  float narrow = float(value);
  if (type == F32) {
    reinterpret_cast<float*>(address)[index] = narrow;
    return;
  }
  uint32_t bits;
  memcpy(&bits, &narrow, 4);
  bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
  reinterpret_cast<uint16_t*>(address)[index] =
      nan ? 0x7fff : uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <class T>
void multiply(const Product& p) {
  std::vector<T> a(size_t(p.m * p.k)), b(size_t(p.k)), sums(size_t(p.m));
  for (int64_t z = 0; z < p.batch; z++) {
    const char* at = p.a.address + z * p.a.stride * int64_t(width(p.a.type));
    const char* bt = p.b.address + z * p.b.stride * int64_t(width(p.b.type));
    char* ct = const_cast<char*>(p.c.address) + z * p.c.stride * int64_t(width(p.c.type));
    for (int64_t q = 0; q < p.k; q++)
      for (int64_t i = 0; i < p.m; i++)
        a[q * p.m + i] =
            T(load(at, p.a.type, p.a.transposed ? i * p.a.leading + q : q * p.a.leading + i));
    for (int64_t j = 0; j < p.n; j++) {
      for (int64_t q = 0; q < p.k; q++)
        b[q] = T(load(bt, p.b.type, p.b.transposed ? q * p.b.leading + j : j * p.b.leading + q));
      std::fill(sums.begin(), sums.end(), T(0));
      for (int64_t q = 0; q < p.k; q++)
        for (int64_t i = 0; i < p.m; i++) sums[i] += b[q] * a[q * p.m + i];
      for (int64_t i = 0; i < p.m; i++) {
        int64_t at = j * p.c.leading + i;
        double old = p.beta == 0 ? 0 : p.beta * load(ct, p.c.type, at);
        store(ct, p.c.type, at, T(p.alpha) * sums[i] + T(old));
      }
    }
  }
}

bool reaches(const Product& p, const Operand& x, int64_t rows, int64_t columns) {
  if (!rows || !columns) return true;
  if (x.transposed) std::swap(rows, columns);
  int64_t elements = (p.batch - 1) * x.stride + (columns - 1) * x.leading + rows;
  return emu::inside(x.address, size_t(elements) * width(x.type));
}

bool fits(const Operand& x, int64_t rows, int64_t columns) {
  return x.leading >= std::max<int64_t>(1, x.transposed ? columns : rows);
}

bool typesGoTogether(const Product& p) {
  if (p.a.type != p.b.type) return false;
  if (p.compute == IN_F64) return p.a.type == F64 && p.c.type == F64;
  if (p.compute == IN_TF32) return p.a.type == F32 && p.c.type == F32;
  if (p.compute != IN_F32) return false;
  return p.a.type == F32 ? p.c.type == F32
                         : p.a.type == BF16 && (p.c.type == F32 || p.c.type == BF16);
}

int rangeFault(const char* when) {
  emu::fault(0, std::string("an operand of a product reaches outside its memory") + when);
  return EXECUTION_FAILED;
}

bool allReach(const Product& p) {
  return reaches(p, p.c, p.m, p.n) &&
         (!p.k || (reaches(p, p.a, p.m, p.k) && reaches(p, p.b, p.k, p.n)));
}

int queue(Handle* handle, const Product& p) {
  LOCKED;
  if (!handle) return NOT_INITIALIZED;
  if (p.m < 0 || p.n < 0 || p.k < 0 || p.batch < 0) return INVALID_VALUE;
  if (!typesGoTogether(p)) return NOT_SUPPORTED;
  if (!fits(p.a, p.m, p.k) || !fits(p.b, p.k, p.n) || !fits(p.c, p.m, p.n)) {
    emu::fault(0, "a leading dimension of a product is less than its rows");
    return INVALID_VALUE;
  }
  if (!allReach(p)) return rangeFault("");
  if (emu::scarce()) return ALLOC_FAILED;
  if (!handle->workspace && emu::capturing(handle->stream)) {
    emu::fault(0, "a product is captured without a workspace");
    return EXECUTION_FAILED;
  }
  emu::count("gemm", p.batch * (p.m * p.k * int64_t(width(p.a.type)) +
                                p.k * p.n * int64_t(width(p.b.type)) +
                                p.m * p.n * int64_t(width(p.c.type))));
  int code = emu::submit(handle->stream, "gemm", [p] {
    if (!allReach(p))
      return emu::fault(emu::ILLEGAL_ADDRESS, "memory of a product was freed before it ran");
    if (p.compute == IN_F64) {
      multiply<double>(p);
    } else {
      multiply<float>(p);
    }
    return int(emu::OK);
  });
  return code ? EXECUTION_FAILED : OK;
}

double scalar(const void* value, int compute) {
  return compute == IN_F64 ? *static_cast<const double*>(value)
                           : double(*static_cast<const float*>(value));
}

Operand operand(const void* address, int type, int64_t leading, int64_t stride, int operation) {
  return {static_cast<const char*>(address), type, leading, stride, operation != 0};
}

}  // namespace

API cublasCreate_v2(Handle** handle) {
  LOCKED;
  if (emu::ready()) return NOT_INITIALIZED;
  *handle = new Handle;
  return OK;
}

API cublasDestroy_v2(Handle* handle) {
  delete handle;
  return OK;
}

API cublasGetVersion_v2(Handle*, int* version) {
  *version = EMU_RELEASE * 10000 + 304;
  return OK;
}

API cublasSetStream_v2(Handle* handle, void* stream) {
  handle->stream = stream;
  handle->workspace = false;
  return OK;
}

API cublasSetWorkspace_v2(Handle* handle, void* memory, size_t bytes) {
  LOCKED;
  if (bytes && !emu::inside(memory, bytes)) return rangeFault(", its workspace");
  handle->workspace = bytes > 0;
  return OK;
}

API cublasGemmEx(Handle* handle, int transA, int transB, int m, int n, int k, const void* alpha,
                 const void* a, int typeA, int lda, const void* b, int typeB, int ldb,
                 const void* beta, void* c, int typeC, int ldc, int compute, int) {
  return queue(handle, {m, n, k, 1, scalar(alpha, compute), scalar(beta, compute),
                        operand(a, typeA, lda, 0, transA), operand(b, typeB, ldb, 0, transB),
                        operand(c, typeC, ldc, 0, 0), compute});
}

API cublasGemmStridedBatchedEx(Handle* handle, int transA, int transB, int m, int n, int k,
                               const void* alpha, const void* a, int typeA, int lda,
                               long long strideA, const void* b, int typeB, int ldb,
                               long long strideB, const void* beta, void* c, int typeC, int ldc,
                               long long strideC, int batch, int compute, int) {
  return queue(handle,
               {m, n, k, batch, scalar(alpha, compute), scalar(beta, compute),
                operand(a, typeA, lda, strideA, transA), operand(b, typeB, ldb, strideB, transB),
                operand(c, typeC, ldc, strideC, 0), compute});
}

extern "C" SHARED_WITH_LIBRARIES const char* cublasGetStatusName(int status) {
  switch (status) {
    case OK: return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case ALLOC_FAILED: return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "an unknown status of cuBLAS";
  }
}
