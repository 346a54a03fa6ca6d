// A host thread that runs blocks one after another. A device thread is a call of the kernel; when
// it waits, the call stays on its stack (a fiber) and the next thread runs. A kernel that never
// waits needs only one fiber, and is a plain loop.
#pragma once

#include <csetjmp>
#include <cstdint>
#include <string>
#include <vector>

#include "blocks.h"

namespace emu {

struct Fiber;
class Worker;

enum State : unsigned char { FRESH, READY, AT_COLLECTIVE, AT_BARRIER, DONE };

struct Thread : emu_thread {
  State state;
  Fiber* fiber;
};

struct Warp : emu_warp {
  unsigned first, lanes;   // threads of the block
  unsigned position;       // threads that have run in this round
  unsigned waiting, done;  // at a collective; finished
  int kind;                // of the collective
};

struct Block : emu_block {
  Worker* worker;
};

struct Fiber {
  void* stackPointer;
  Thread* fresh;  // to start when switched to
};

class Worker {
 public:
  static constexpr unsigned MAX_THREADS = 1024;

  Worker();
  ~Worker();

  // Called before and after the blocks of a grid.
  void enter();
  void leave();

  // The problem, or an empty text.
  std::string run(const Launch& launch, uint3 blockIndex);

  // Called by threads of the kernel:
  void barrier(int line);
  void collective(int kind, unsigned mask);
  void fiberBody(Fiber* self);

  // Called by the signal handler.
  bool inKernel() const { return running; }
  [[noreturn]] void abandon(int signal, const void* address);

 private:
  void prepare(const Launch& launch);
  Thread* next();
  void park(State state);
  void switchTo(Fiber* from, Thread* thread);
  Fiber* idleFiber();
  [[noreturn]] void fail(const std::string& text);
  std::string position() const;

  const Launch* launch = nullptr;
  Block block{};
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  unsigned warpCount = 0, count = 0, current = 0, done = 0, atBarrier = 0;
  int barrierLine = 0;
  bool reverse = false, running = false;

  char* stacks;
  std::vector<Fiber> fibers;
  unsigned fibersMade = 0;
  std::vector<Fiber*> idle;
  void* mainStack = nullptr;

  std::vector<unsigned char> dynamicShared;
  std::string problem;
  sigjmp_buf escape;
  int escapedSignal = 0;
  const void* escapedAddress = nullptr;
};

// The worker of this host thread.
Worker& worker();

// ---- guard.cpp: invalid memory accesses of a kernel end in abandon()

void guardThread(Worker* worker);
void unguardThread();

}  // namespace emu
