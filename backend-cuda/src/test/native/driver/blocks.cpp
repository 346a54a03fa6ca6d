// Distributes the blocks of a grid over host threads.
#include "blocks.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "emu.h"
#include "worker.h"

namespace emu {

namespace {

// For fewer threads, starting a host thread costs more than it saves.
constexpr uint64_t THREADS_WORTH_SHARING = 1 << 16;

}  // namespace

std::string runGrid(const Launch& launch) {
  uint64_t across = launch.grid.x, plane = across * launch.grid.y, blocks = plane * launch.grid.z;
  uint64_t size = uint64_t(launch.block.x) * launch.block.y * launch.block.z;
  std::atomic<uint64_t> next{0};
  std::mutex writing;
  std::string problem;
  auto work = [&] {
    Worker& self = worker();
    self.enter();
    for (uint64_t i; (i = next++) < blocks;) {
      std::string text = self.run(
          launch, {unsigned(i % across), unsigned(i % plane / across), unsigned(i / plane)});
      if (!text.empty()) {
        std::lock_guard<std::mutex> alone(writing);
        if (problem.empty()) problem = text;
        next = blocks;
      }
    }
    self.leave();
  };
  auto helpers = blocks * size < THREADS_WORTH_SHARING
                     ? 0
                     : std::min<uint64_t>(blocks, setting("threads")) - 1;
  std::vector<std::thread> others;
  for (uint64_t i = 0; i < helpers; i++) others.emplace_back(work);
  work();
  for (auto& other : others) other.join();
  return problem;
}

}  // namespace emu
