// Stops a kernel that accesses unmapped memory. Java uses the same signals: those that do not come
// from a running kernel are passed to its handler.
#include <pthread.h>

#include <atomic>
#include <csignal>
#include <cstdlib>

#include "emu.h"
#include "worker.h"

namespace emu {

namespace {

const int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE};
struct sigaction before[65];

// Not thread-local: the first access could allocate, which a signal handler must not do.
struct Guarded {
  std::atomic<Worker*> worker;
  pthread_t thread;
};
Guarded guarded[64];

void handle(int signal, siginfo_t* info, void* context) {
  for (auto& each : guarded) {
    Worker* worker = each.worker;
    if (worker && pthread_equal(each.thread, pthread_self()) && worker->inKernel()) {
      pthread_sigmask(SIG_SETMASK, &static_cast<ucontext_t*>(context)->uc_sigmask, nullptr);
      worker->abandon(signal, info->si_addr);
    }
  }
  struct sigaction& old = before[signal];
  if (old.sa_flags & SA_SIGINFO) {
    old.sa_sigaction(signal, info, context);
  } else if (old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN) {
    sigaction(signal, &old, nullptr);  // raised again, it ends the program
  } else {
    old.sa_handler(signal);
  }
}

void install() {
  for (int signal : SIGNALS) {
    sigaction(signal, nullptr, &before[signal]);
    struct sigaction action = before[signal];
    action.sa_flags |= SA_SIGINFO;
    action.sa_sigaction = handle;
    sigaction(signal, &action, nullptr);
  }
}

std::mutex changing;

}  // namespace

void guardThread(Worker* worker) {
  std::lock_guard<std::mutex> alone(changing);
  static bool installed = (install(), true);
  (void)installed;
  for (auto& each : guarded)
    if (!each.worker) {
      each.thread = pthread_self();
      each.worker = worker;
      return;
    }
  abort();
}

void unguardThread() {
  std::lock_guard<std::mutex> alone(changing);
  for (auto& each : guarded)
    if (each.worker && pthread_equal(each.thread, pthread_self())) each.worker = nullptr;
}

}  // namespace emu
