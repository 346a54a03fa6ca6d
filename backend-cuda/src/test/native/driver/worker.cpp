#include "worker.h"

#include <sys/mman.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "emu.h"

#if !defined(__x86_64__)
#error "the switch between stacks is written for x86-64"
#endif

extern "C" {

__thread SHARED_WITH_LIBRARIES emu_thread* emu_me;

// Saves the callee-saved registers on the old stack and restores them from the new one.
void emu_switch(void** from, void* to);
asm(R"(
.text
.globl emu_switch
.hidden emu_switch
emu_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

}  // extern "C"

namespace emu {

namespace {

constexpr size_t STACK = 128 * 1024;

Worker& here() { return *static_cast<Block*>(emu_me->block)->worker; }

// Read from lanes that do not take part in a collective.
void emptySlots(emu_warp& warp, unsigned lane) {
  for (auto& slots : warp.slots) memset(slots[lane].bytes, 0xFF, EMU_SLOT_BYTES);
}

void fiberStart() {
  auto* self = static_cast<Thread*>(emu_me)->fiber;
  here().fiberBody(self);
}

}  // namespace

Worker& worker() {
  static thread_local Worker instance;
  return instance;
}

Worker::Worker() : threads(MAX_THREADS), warps(MAX_THREADS / EMU_LANES), fibers(MAX_THREADS) {
  stacks = static_cast<char*>(mmap(nullptr, MAX_THREADS * STACK, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

Worker::~Worker() { munmap(stacks, MAX_THREADS * STACK); }

void Worker::enter() {
  launch = nullptr;
  guardThread(this);
}

void Worker::leave() { unguardThread(); }

// Constant for all blocks.
void Worker::prepare(const Launch& next) {
  launch = &next;
  count = next.block.x * next.block.y * next.block.z;
  warpCount = (count + EMU_LANES - 1) / EMU_LANES;
  reverse = setting("reverse");
  for (unsigned i = 0; i < count; i++) {
    Thread& thread = threads[i];
    thread.index = {i % next.block.x, i / next.block.x % next.block.y,
                    i / (next.block.x * next.block.y)};
    thread.lane = i % EMU_LANES;
    thread.warp = &warps[i / EMU_LANES];
    thread.block = &block;
  }
  for (unsigned w = 0; w < warpCount; w++) {
    warps[w].first = w * EMU_LANES;
    warps[w].lanes = std::min(EMU_LANES, count - w * EMU_LANES);
    for (unsigned lane = warps[w].lanes; lane < EMU_LANES; lane++) emptySlots(warps[w], lane);
  }
  dynamicShared.resize(next.sharedBytes + 64);
  auto start = reinterpret_cast<uintptr_t>(dynamicShared.data());
  block = {{next.grid, next.block, {}, reinterpret_cast<void*>((start + 63) & ~uintptr_t(63))},
           this};
}

std::string Worker::run(const Launch& next, uint3 blockIndex) {
  if (launch != &next) prepare(next);
  block.index = blockIndex;
  memset(dynamicShared.data(), 0xFF, dynamicShared.size());
  if (next.shared.bytes)
    memset(static_cast<char*>(next.shared.anchor()) + next.shared.start, 0xFF, next.shared.bytes);
  for (unsigned i = 0; i < count; i++) {
    threads[i].state = FRESH;
    threads[i].turn = 0;
  }
  for (unsigned w = 0; w < warpCount; w++) {
    Warp& warp = warps[w];
    warp.position = warp.waiting = warp.done = 0;
  }
  current = done = atBarrier = 0;
  problem.clear();
  if (sigsetjmp(escape, 0)) {
    running = false;
    problem =
        position() + (escapedSignal == SIGFPE ? "divided by zero"
                                              : "touched memory " + whereabouts(escapedAddress));
  } else {
    running = true;
    Thread* first = this->next();
    emu_me = first;
    Fiber* fiber = idleFiber();
    fiber->fresh = first;
    first->fiber = fiber;
    emu_switch(&mainStack, fiber->stackPointer);
    running = false;
  }
  if (!problem.empty()) {  // fibers still have unfinished calls
    fibersMade = 0;
    idle.clear();
    launch = nullptr;
  }
  return problem;
}

// Runs new threads until the next one is on another fiber.
void Worker::fiberBody(Fiber* self) {
  for (;;) {
    Thread* thread = self->fresh;
    while (thread && thread->state == FRESH) {
      thread->fiber = self;
      thread->state = READY;
      emu_me = thread;
      launch->call.run(launch->call.arguments);
      thread->state = DONE;
      done++;
      static_cast<Warp*>(thread->warp)->done++;
      thread = next();
    }
    idle.push_back(self);
    switchTo(self, thread);
  }
}

// Switches to the thread's fiber, or with null back to run().
void Worker::switchTo(Fiber* from, Thread* thread) {
  if (!thread) {
    emu_switch(&from->stackPointer, mainStack);
    return;
  }
  emu_me = thread;
  Fiber* target = thread->fiber;
  if (thread->state == FRESH) {
    target = idleFiber();
    target->fresh = thread;
    thread->fiber = target;
  }
  if (target != from) emu_switch(&from->stackPointer, target->stackPointer);
}

Fiber* Worker::idleFiber() {
  if (!idle.empty()) {
    Fiber* fiber = idle.back();
    idle.pop_back();
    return fiber;
  }
  Fiber* fiber = &fibers[fibersMade];
  // Staggered: stacks at equal distances would share cache sets.
  auto** top = reinterpret_cast<void**>(stacks + (fibersMade + 1) * STACK - 64 * (fibersMade % 61));
  fibersMade++;
  *--top = nullptr;  // at a call, the stack is misaligned by 8
  *--top = reinterpret_cast<void*>(&fiberStart);
  for (int i = 0; i < 6; i++) *--top = nullptr;
  fiber->stackPointer = top;
  return fiber;
}

// The next thread: warp by warp, each until all lanes are at the barrier or done; null at the end
// of the block.
Thread* Worker::next() {
  for (;;) {
    Warp& warp = warps[reverse ? warpCount - 1 - current : current];
    while (warp.position < warp.lanes) {
      unsigned lane = reverse ? warp.lanes - 1 - warp.position : warp.position;
      warp.position++;
      Thread& thread = threads[warp.first + lane];
      if (thread.state <= READY) return &thread;
    }
    if (warp.waiting) {
      if (warp.waiting + warp.done != warp.lanes)
        fail(
            "some lanes of a warp wait for each other while the rest wait at the barrier in line " +
            std::to_string(barrierLine));
      for (unsigned lane = 0; lane < warp.lanes; lane++) {
        Thread& thread = threads[warp.first + lane];
        if (thread.state == AT_COLLECTIVE) thread.state = READY;
        if (thread.state == DONE) emptySlots(warp, lane);
      }
      warp.waiting = warp.position = 0;
    } else if (++current == warpCount) {
      if (done == count) return nullptr;
      if (done)
        fail("the barrier in line " + std::to_string(barrierLine) + " is reached by " +
             std::to_string(atBarrier) + " of " + std::to_string(count) +
             " threads, the others left the kernel");
      for (unsigned i = 0; i < count; i++) threads[i].state = READY;
      for (unsigned w = 0; w < warpCount; w++) warps[w].position = 0;
      current = atBarrier = 0;
    }
  }
}

void Worker::park(State state) {
  auto* self = static_cast<Thread*>(emu_me);
  self->state = state;
  Thread* after = next();
  if (after != self) switchTo(self->fiber, after);
}

void Worker::barrier(int line) {
  if (!atBarrier++) barrierLine = line;
  if (barrierLine != line)
    fail("threads of a block wait at different barriers, lines " + std::to_string(barrierLine) +
         " and " + std::to_string(line));
  park(AT_BARRIER);
}

void Worker::collective(int kind, unsigned mask) {
  auto& warp = *static_cast<Warp*>(emu_me->warp);
  if (mask != ~0u) fail("a collective of part of a warp is not emulated: use the full mask");
  if (!warp.waiting++) warp.kind = kind;
  if (warp.kind != kind) fail("the lanes of a warp are at different collectives");
  park(AT_COLLECTIVE);
}

std::string Worker::position() const {
  auto triple = [](auto v) {
    return "(" + std::to_string(v.x) + "," + std::to_string(v.y) + "," + std::to_string(v.z) + ")";
  };
  return std::string(launch->kernel) + ", block " + triple(block.index) + ", thread " +
         triple(emu_me->index) + ": ";
}

void Worker::fail(const std::string& text) {
  problem = position() + text;
  void* left;
  emu_switch(&left, mainStack);
  __builtin_unreachable();
}

void Worker::abandon(int signal, const void* address) {
  escapedSignal = signal;
  escapedAddress = address;
  siglongjmp(escape, 1);
}

}  // namespace emu

extern "C" SHARED_WITH_LIBRARIES void emu_barrier(int line) { emu::here().barrier(line); }

extern "C" SHARED_WITH_LIBRARIES void emu_collective(int kind, unsigned mask) {
  emu::here().collective(kind, mask);
}
