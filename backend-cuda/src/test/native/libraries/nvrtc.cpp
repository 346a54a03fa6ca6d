// libnvrtc: compiles the same source with g++ to a shared object, which replaces the machine code.
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "../driver/emu.h"
#include "scan.h"

extern char** environ;

namespace {

enum Status { OK = 0, INVALID_INPUT = 3, INVALID_PROGRAM = 4, INVALID_OPTION = 5, COMPILATION = 6 };

#if EMU_RELEASE == 12
const int ARCHITECTURES[] = {50, 60, 70, 75, 80, 86, 89, 90};
#else
const int ARCHITECTURES[] = {75, 80, 86, 89, 90, 100, 103, 120};
#endif
const char* const HARMLESS[] = {
    "--std=c++17",     "-std=c++17",           "--fmad=",   "--use_fast_math",
    "-default-device", "--generate-line-info", "-lineinfo", "--maxrregcount="};

struct Program {
  std::string source, name, log, image;
  std::map<std::string, std::string> headers;
  bool isVirtual = false;
};

bool startsWith(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Runs g++ with its output in a file.
bool compiler(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv{const_cast<char*>("g++")};
  for (auto& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child;
  int status = -1;
  if (!posix_spawnp(&child, "g++", &actions, nullptr, argv.data(), environ))
    waitpid(child, &status, 0);
  posix_spawn_file_actions_destroy(&actions);
  return status == 0;
}

std::string ownFolder() {
  Dl_info info;
  dladdr(reinterpret_cast<void*>(&ownFolder), &info);
  std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/'));
}

// Only the given headers can be included: kernels use no toolkit headers and no C library.
bool includesAreKnown(Program& p, const std::string& name, const std::string& text) {
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    number++;
    std::string header = emu::includedHeader(line);
    if (!header.empty() && !p.headers.count(header)) {
      p.log = name + "(" + std::to_string(number) +
              "): catastrophic error: cannot open source file \"" + header + "\"\n";
      return false;
    }
  }
  return true;
}

bool compile(Program& p, const std::vector<std::string>& defines, const std::string& folder) {
  std::string base = folder + "/module", log = folder + "/log", home = ownFolder();
  std::string text = "#line 1 \"" + p.name + "\"\n" + p.source + "\n";
  for (auto& header : p.headers) write(folder + "/" + header.first, header.second);

  std::vector<std::string> preprocess{
      "-E", "-P", "-x", "c++", "-DCUDA_EMU=1", "-D__CUDA_ARCH__=900", "-I" + folder};
  preprocess.insert(preprocess.end(), defines.begin(), defines.end());
  write(base + ".cu", text);
  preprocess.insert(preprocess.end(), {base + ".cu", "-o", base + ".i"});
  bool good = compiler(preprocess, log);
  if (good) {
    text += "EMU_KERNELS_BEGIN\n";
    for (auto& kernel : emu::kernels(read(base + ".i")))
      text += "EMU_KERNEL(" + kernel.name + ", " + kernel.maxThreads + ")\n";
    text += "EMU_KERNELS_END\n";
    write(base + ".cpp", text);
    std::vector<std::string> build{"-O2",
                                   "-march=native",
                                   "-fno-math-errno",
                                   "-std=c++17",
                                   "-fPIC",
                                   "-shared",
                                   "-w",
                                   "-fvisibility=hidden",
                                   "-I" + home + "/kernel",
                                   "-I" + folder,
                                   "-include",
                                   "cuda_emu.h"};
    build.insert(build.end(), defines.begin(), defines.end());
    build.insert(build.end(),
                 {base + ".cpp", "-o", base + ".so", "-Wl,-s", "-L" + home, "-l:libcuda.so.1"});
    good = compiler(build, log);
  }
  p.log = read(log);
  if (good) p.image = read(base + ".so");
  return good;
}

std::string hex(const std::string& bytes) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  for (unsigned char byte : bytes) text += {digits[byte >> 4], digits[byte & 15]};
  return text;
}

}  // namespace

API nvrtcVersion(int* major, int* minor) {
  *major = EMU_RELEASE;
  *minor = EMU_RELEASE == 12 ? 3 : 0;
  return OK;
}

API nvrtcGetNumSupportedArchs(int* count) {
  *count = int(std::size(ARCHITECTURES));
  return OK;
}

API nvrtcGetSupportedArchs(int* architectures) {
  std::copy(std::begin(ARCHITECTURES), std::end(ARCHITECTURES), architectures);
  return OK;
}

API nvrtcCreateProgram(Program** program, const char* source, const char* name, int headers,
                       const char* const* sources, const char* const* names) {
  auto* p = new Program{source, name ? name : "default_program", "", "", {}};
  for (int i = 0; i < headers; i++) p->headers[names[i]] = sources[i];
  *program = p;
  return OK;
}

API nvrtcDestroyProgram(Program** program) {
  delete *program;
  *program = nullptr;
  return OK;
}

API nvrtcCompileProgram(Program* program, int count, const char* const* options) {
  Program& p = *program;
  std::vector<std::string> defines;
  for (int i = 0; i < count; i++) {
    std::string option = options[i];
    bool harmless = false;
    for (auto* each : HARMLESS) harmless |= startsWith(option, each);
    if (startsWith(option, "-D")) {
      defines.push_back(option);
    } else if (startsWith(option, "--gpu-architecture=")) {
      p.isVirtual = option.find("compute_") != std::string::npos;
    } else if (!harmless) {
      p.log =
          "nvrtc: error: invalid value for --gpu-architecture or unknown option " + option + "\n";
      return INVALID_OPTION;
    }
  }
  bool known = includesAreKnown(p, p.name, p.source);
  for (auto& header : p.headers) known = known && includesAreKnown(p, header.first, header.second);
  if (!known) return COMPILATION;
  std::string folder = "/tmp/cuda-emulator-" + std::string(6, 'X');
  if (!mkdtemp(folder.data())) return INVALID_INPUT;
  bool good = compile(p, defines, folder);
  for (auto& header : p.headers) unlink((folder + "/" + header.first).c_str());
  for (const char* each : {"module.cu", "module.i", "module.cpp", "module.so", "log"})
    unlink((folder + "/" + each).c_str());
  rmdir(folder.c_str());
  return good ? OK : COMPILATION;
}

API nvrtcGetProgramLogSize(Program* program, size_t* bytes) {
  *bytes = program->log.size() + 1;
  return OK;
}

API nvrtcGetProgramLog(Program* program, char* log) {
  strcpy(log, program->log.c_str());
  return OK;
}

API nvrtcGetCUBINSize(Program* program, size_t* bytes) {
  *bytes = program->isVirtual ? 0 : program->image.size();
  return OK;
}

API nvrtcGetCUBIN(Program* program, char* image) {
  if (program->isVirtual) return INVALID_PROGRAM;
  memcpy(image, program->image.data(), program->image.size());
  return OK;
}

// PTX is text: here the shared object in hexadecimal.
API nvrtcGetPTXSize(Program* program, size_t* bytes) {
  *bytes = strlen(emu::PTX_START) + 2 * program->image.size() + 1;
  return OK;
}

API nvrtcGetPTX(Program* program, char* text) {
  strcpy(text, (emu::PTX_START + hex(program->image)).c_str());
  return OK;
}

extern "C" SHARED_WITH_LIBRARIES const char* nvrtcGetErrorString(int status) {
  switch (status) {
    case OK: return "NVRTC_SUCCESS";
    case INVALID_INPUT: return "NVRTC_ERROR_INVALID_INPUT";
    case INVALID_PROGRAM: return "NVRTC_ERROR_INVALID_PROGRAM";
    case INVALID_OPTION: return "NVRTC_ERROR_INVALID_OPTION";
    case COMPILATION: return "NVRTC_ERROR_COMPILATION";
    default: return "an unknown status of NVRTC";
  }
}
