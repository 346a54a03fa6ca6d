// Modules: shared objects instead of machine code, with kernels by name.
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "../libraries/scan.h"
#include "blocks.h"
#include "emu.h"

namespace emu {

namespace {

constexpr int DYNAMIC_SHARED_ATTRIBUTE = 8;
constexpr unsigned DEFAULT_SHARED = 48 * 1024, MAX_SHARED = 232448;

// Queued calls keep the library loaded after its module is unloaded.
using Library = std::shared_ptr<void>;

struct Function {
  const emu_entry* entry;
  SharedVariables shared;
  Library library;
  unsigned sharedAllowed = DEFAULT_SHARED;
};

struct Module {
  Library library;
  std::map<std::string, std::unique_ptr<Function>> functions;
};

std::set<Module*> modules;
std::set<Function*> functions;

// The length of an image follows from its section headers, which are last.
size_t imageBytes(const void* image) {
  auto* header = static_cast<const Elf64_Ehdr*>(image);
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_machine != EM_X86_64) return 0;
  return header->e_shoff + size_t(header->e_shnum) * header->e_shentsize;
}

// The shared object in the PTX of the emulated NVRTC, or nothing.
std::string assemble(const char* text) {
  std::string bytes;
  if (strncmp(text, PTX_START, strlen(PTX_START)) != 0) return bytes;
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (text += strlen(PTX_START); text[0]; text += 2)
    bytes += char(digit(text[0]) << 4 | digit(text[1]));
  return bytes;
}

void* open(const void* image, size_t bytes) {
  std::string path = "/tmp/cuda-emulator-" + std::string(6, 'X');
  int file = mkstemp(path.data());
  if (file < 0) return nullptr;
  bool written = write(file, image, bytes) == ssize_t(bytes);
  close(file);
  void* library = written ? dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (!library) fault(INVALID_IMAGE, std::string("a module does not load: ") + dlerror());
  unlink(path.c_str());
  return library;
}

// The location of the module's thread-local variables, its shared memory, relative to the anchor.
SharedVariables sharedVariables(void* library) {
  SharedVariables shared{reinterpret_cast<emu_anchor*>(dlsym(library, "emu_shared_anchor")), 0, 0};
  link_map* map;
  dlinfo(library, RTLD_DI_LINKMAP, &map);
  struct Query {
    ElfW(Addr) base;
    char* anchor;
    SharedVariables* answer;
  } query{map->l_addr, static_cast<char*>(shared.anchor()), &shared};
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* data) {
        auto* asked = static_cast<Query*>(data);
        if (info->dlpi_addr != asked->base) return 0;
        for (int i = 0; i < info->dlpi_phnum; i++)
          if (info->dlpi_phdr[i].p_type == PT_TLS) {
            asked->answer->start = static_cast<char*>(info->dlpi_tls_data) - asked->anchor;
            asked->answer->bytes = info->dlpi_phdr[i].p_memsz;
          }
        return 1;
      },
      &query);
  return shared;
}

struct Bound {
  emu_call call;
  Library library;
  Bound(emu_call c, Library l) : call(c), library(std::move(l)) {}
  Bound(const Bound&) = delete;
  ~Bound() {
    if (call.drop) call.drop(call.arguments);
  }
};

// A pointer just after a block is valid: an empty range.
bool pointsToMemory(const void* address) { return !address || inside(address, 0); }

int checkPointers(const char* kernel, const emu_call& call, const char* when) {
  for (int i = 0; i < call.pointers; i++)
    if (!pointsToMemory(call.pointer[i].address))
      return fault(ILLEGAL_ADDRESS, std::string(kernel) + ": argument " +
                                        std::to_string(call.pointer[i].parameter) + when +
                                        " points " + whereabouts(call.pointer[i].address));
  return OK;
}

// The operands, also those in structures, as far as their blocks reach.
void countOperands(const char* kernel, const emu_call& call) {
  size_t bytes = 0;
  for (int i = 0; i < call.pointers; i++) bytes += restOfBlock(call.pointer[i].address);
  for (int i = 0; i < call.words; i++) bytes += restOfBlock(call.word[i]);
  count(kernel, static_cast<long long>(bytes));
}

int run(const Launch& launch) {
  if (int code = checkPointers(launch.kernel, launch.call, ", when it ran at last,")) return code;
  std::string problem = runGrid(launch);
  if (!problem.empty())
    return fault(problem.find("touched") != std::string::npos ? ILLEGAL_ADDRESS : LAUNCH_FAILED,
                 problem);
  for (int i = 0; i < launch.call.pointers; i++)
    if (!intact(launch.call.pointer[i].address))
      return fault(ILLEGAL_ADDRESS, std::string(launch.kernel) +
                                        " wrote just outside the memory of argument " +
                                        std::to_string(launch.call.pointer[i].parameter));
  return OK;
}

}  // namespace

std::string leakedModules() {
  return modules.empty() ? "" : std::to_string(modules.size()) + " modules\n";
}

void dropModules() {
  for (Module* each : modules) delete each;
  modules.clear();
  functions.clear();
}

}  // namespace emu

using namespace emu;

API cuModuleLoadData(void** handle, const void* image) {
  REQUIRE_READY;
  std::string assembled = assemble(static_cast<const char*>(image));
  if (!assembled.empty()) image = assembled.data();
  size_t bytes = imageBytes(image);
  if (!bytes) return INVALID_IMAGE;
  void* library = open(image, bytes);
  if (!library) return INVALID_IMAGE;
  auto* module = new Module{Library(library, dlclose), {}};
  auto* entry = reinterpret_cast<emu_entries*>(dlsym(library, "emu_kernels"))();
  for (SharedVariables shared = sharedVariables(library); entry->name; entry++)
    module->functions[entry->name].reset(new Function{entry, shared, module->library});
  modules.insert(module);
  *handle = module;
  return OK;
}

API cuModuleUnload(void* handle) {
  LOCKED;
  auto* module = static_cast<Module*>(handle);
  if (!modules.erase(module)) return INVALID_HANDLE;
  for (auto& each : module->functions) functions.erase(each.second.get());
  delete module;
  return OK;
}

API cuModuleGetFunction(void** handle, void* moduleHandle, const char* name) {
  REQUIRE_READY;
  auto* module = static_cast<Module*>(moduleHandle);
  if (!modules.count(module)) return INVALID_HANDLE;
  auto found = module->functions.find(name);
  if (found == module->functions.end()) return NOT_FOUND;
  functions.insert(found->second.get());
  *handle = found->second.get();
  return OK;
}

API cuFuncSetAttribute(void* handle, int attribute, int value) {
  REQUIRE_READY;
  auto* function = static_cast<Function*>(handle);
  if (!functions.count(function)) return INVALID_HANDLE;
  if (attribute != DYNAMIC_SHARED_ATTRIBUTE || value < 0 || unsigned(value) > MAX_SHARED)
    return INVALID_VALUE;
  function->sharedAllowed = unsigned(value);
  return OK;
}

API cuLaunchKernel(void* handle, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                   unsigned blockY, unsigned blockZ, unsigned sharedBytes, void* stream,
                   void** parameters, void** extra) {
  REQUIRE_READY;
  auto* function = static_cast<Function*>(handle);
  if (!functions.count(function)) return INVALID_HANDLE;
  const emu_entry& entry = *function->entry;
  std::string name = entry.name;
  uint64_t threads = uint64_t(blockX) * blockY * blockZ;
  if (!gridX || !gridY || !gridZ || gridX > 0x7fffffffu || gridY > 65535 || gridZ > 65535 || extra)
    return fault(INVALID_VALUE, name + ": the grid is out of range");
  if (!threads || threads > entry.maxThreads)
    return fault(INVALID_VALUE, name + ": " + std::to_string(threads) + " threads a block, " +
                                    std::to_string(entry.maxThreads) +
                                    " allowed by its launch bounds");
  if (sharedBytes > function->sharedAllowed)
    return fault(INVALID_VALUE, name + ": " + std::to_string(sharedBytes) +
                                    " bytes of shared memory, " +
                                    std::to_string(function->sharedAllowed) + " allowed");
  auto bound = std::make_shared<Bound>(entry.bind(parameters), function->library);
  if (bound->call.problem) return fault(INVALID_VALUE, name + ": " + bound->call.problem);
  if (int code = checkPointers(entry.name, bound->call, "")) return code;
  if (scarce()) return OUT_OF_MEMORY;
  set("launches", setting("launches") + 1);
  countOperands(entry.name, bound->call);
  Launch launch{entry.name,  {gridX, gridY, gridZ}, {blockX, blockY, blockZ},
                sharedBytes, function->shared,      bound->call};
  return submit(stream, entry.name, [launch, bound] { return run(launch); });
}
