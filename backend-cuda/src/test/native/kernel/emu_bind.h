// Calls a kernel with the driver's array of pointers to arguments.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>

namespace emu {

template <auto KERNEL>
struct Binding;

template <class... P, void (*KERNEL)(P...)>
struct Binding<KERNEL> {
  using Values = std::tuple<std::remove_cv_t<P>...>;

  static void run(void* values) { std::apply(KERNEL, *static_cast<Values*>(values)); }

  static void drop(void* values) { delete static_cast<Values*>(values); }

  template <class T>
  static void note(emu_call& call, int parameter, T value) {
    if constexpr (std::is_pointer_v<T>) call.pointer[call.pointers++] = {parameter, value};
    if constexpr (std::is_class_v<T>)
      for (size_t at = 0; at + 8 <= sizeof(T) && call.words < 64; at += 8)
        __builtin_memcpy(&call.word[call.words++], reinterpret_cast<const char*>(&value) + at, 8);
  }

  template <size_t... I>
  static emu_call bind(void** parameters, std::index_sequence<I...>) {
    emu_call call{};
    for (size_t i = 0; i < sizeof...(P); i++)
      if (!parameters[i]) return call.problem = "too few arguments", call;
    if (parameters[sizeof...(P)]) return call.problem = "too many arguments", call;
    auto* values = new Values{*static_cast<std::remove_cv_t<P>*>(parameters[I])...};
    (note(call, int(I) + 1, std::get<I>(*values)), ...);
    call.run = run;
    call.drop = drop;
    call.arguments = values;
    return call;
  }

  static emu_call bind(void** parameters) {
    return bind(parameters, std::index_sequence_for<P...>{});
  }
};

inline thread_local char shared_anchor;

}  // namespace emu

extern "C" __attribute__((visibility("default"))) void* emu_shared_anchor() {
  return &emu::shared_anchor;
}

#define EMU_KERNELS_BEGIN                                                            \
  extern "C" __attribute__((visibility("default"))) const emu_entry* emu_kernels() { \
    static const emu_entry all[] = {
#define EMU_KERNEL(kernel, threads) {#kernel, threads, &emu::Binding<kernel>::bind},
#define EMU_KERNELS_END \
  {                     \
    nullptr, 0, nullptr \
  }                     \
  }                     \
  ;                     \
  return all;           \
  }
