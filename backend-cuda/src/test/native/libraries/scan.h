// Finds kernels and headers in a source.
#pragma once

#include <string>
#include <vector>

namespace emu {

inline const char* const PTX_START = "// emulated PTX\n";

struct KernelName {
  std::string name;
  std::string maxThreads;  // an expression
};

inline size_t skipSpace(const std::string& text, size_t at) {
  while (at < text.size() && isspace(static_cast<unsigned char>(text[at]))) at++;
  return at;
}

inline size_t skipWord(const std::string& text, size_t at) {
  while (at < text.size() && (isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_'))
    at++;
  return at;
}

// The position after the closing parenthesis.
inline size_t skipParentheses(const std::string& text, size_t at) {
  for (int depth = 0; at < text.size(); at++) {
    depth += text[at] == '(';
    depth -= text[at] == ')';
    if (!depth) return at + 1;
  }
  return at;
}

// All functions declared __global__ in a preprocessed source.
inline std::vector<KernelName> kernels(const std::string& text) {
  static const std::string GLOBAL = "__global__";
  std::vector<KernelName> found;
  for (size_t at = text.find(GLOBAL); at != std::string::npos; at = text.find(GLOBAL, at)) {
    at += GLOBAL.size();
    KernelName kernel{"", "1024"};
    for (;;) {
      size_t start = skipSpace(text, at), end = skipWord(text, start), after = skipSpace(text, end);
      if (end == start) break;
      std::string word = text.substr(start, end - start);
      at = end;
      if (after >= text.size() || text[after] != '(') continue;
      size_t close = skipParentheses(text, after);
      if (word != "__launch_bounds__") {
        kernel.name = word;
        found.push_back(kernel);
        break;
      }
      std::string bounds = text.substr(after + 1, close - after - 2);
      kernel.maxThreads = bounds.substr(0, bounds.find(','));
      at = close;
    }
  }
  return found;
}

// The name in an #include line, or an empty text.
inline std::string includedHeader(const std::string& line) {
  size_t at = skipSpace(line, 0);
  if (at >= line.size() || line[at] != '#') return "";
  at = skipSpace(line, at + 1);
  if (line.compare(at, 7, "include") != 0) return "";
  size_t open = line.find_first_of("\"<", at);
  size_t close = line.find_first_of("\">", open + 1);
  return close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
}

}  // namespace emu
