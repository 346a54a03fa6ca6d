// Streams and events. Queued work runs at the latest when a call waits for it, with queues
// interleaved at random as far as events allow. Code that does not wait reads stale memory sooner
// or later; the seed reproduces it.
#include <cstring>
#include <deque>
#include <memory>
#include <set>
#include <thread>

#include "emu.h"

namespace emu {

namespace {

struct Recording {
  bool done = false;
};

struct Event {
  std::shared_ptr<Recording> latest;
};

struct Queued {
  Step step;
  std::shared_ptr<Recording> waitsFor;
  std::shared_ptr<Recording> marks;
};

struct Stream {
  std::deque<Queued> queue;
  bool captured = false;
  std::thread::id capturer;
  std::vector<Step> notes;

  bool runnable() const {
    return !queue.empty() && (!queue.front().waitsFor || queue.front().waitsFor->done);
  }
};

std::set<Stream*> streams;
std::set<Event*> events;
uint64_t randomState;
long long randomSeed = -1;

uint64_t draw(uint64_t bound) {
  if (randomSeed != setting("seed")) randomState = uint64_t(randomSeed = setting("seed"));
  uint64_t z = (randomState += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (z ^ (z >> 31)) % bound;
}

void runHead(Stream* stream) {
  Queued item = std::move(stream->queue.front());
  stream->queue.pop_front();
  if (item.step.work && !lost())
    if (int code = item.step.work()) lose(fault(code, item.step.name + " failed"));
  if (item.marks) item.marks->done = true;
}

// A random stream that can continue; the spared one only if there is no other.
Stream* anyRunnable(Stream* spared) {
  std::vector<Stream*> able;
  for (Stream* each : streams)
    if (each != spared && each->runnable()) able.push_back(each);
  if (able.empty()) return spared && spared->runnable() ? spared : nullptr;
  return able[draw(able.size())];
}

// How often streams that no call waits for continue, drawn again at each wait.
enum Eagerness { LAZY, FAIR, EAGER };

void runUntil(Stream* preferred, const std::function<bool()>& reached) {
  auto eagerness = Eagerness(draw(3));
  while (!reached()) {
    bool own =
        preferred && preferred->runnable() && (eagerness == LAZY || (eagerness == FAIR && draw(2)));
    Stream* next = own ? preferred : anyRunnable(eagerness == EAGER ? preferred : nullptr);
    if (!next) {
      lose(fault(LAUNCH_FAILED, "a stream waits for an event that nothing will record"));
      return;
    }
    runHead(next);
  }
}

void runSome() {
  for (uint64_t steps = draw(4); steps; steps--) {
    Stream* next = anyRunnable(nullptr);
    if (!next) return;
    runHead(next);
  }
}

Stream* known(void* handle) {
  auto* stream = static_cast<Stream*>(handle);
  return streams.count(stream) ? stream : nullptr;
}

int enqueue(Stream* stream, Queued item) {
  stream->queue.push_back(std::move(item));
  if (!setting("seed")) {
    runUntil(stream, [=] { return stream->queue.empty(); });
  } else if (!draw(8)) {
    runSome();
  }
  return lost();
}

int waiting(Stream* stream) {
  return stream->captured
             ? fault(CAPTURE_UNSUPPORTED, "a call waited for a stream during its capture")
             : OK;
}

}  // namespace

int submit(void* handle, const char* name, Work work) {
  LOCKED;
  Stream* stream = known(handle);
  if (!stream) return fault(INVALID_HANDLE, std::string(name) + " on an invalid stream");
  if (setting("dry") && strcmp(name, "download")) work = nullptr;
  if (stream->captured) {
    stream->notes.push_back({name, std::move(work)});
    return OK;
  }
  return enqueue(stream, {{name, std::move(work)}, nullptr, nullptr});
}

bool capturing(void* handle) {
  LOCKED;
  Stream* stream = known(handle);
  return stream && stream->captured;
}

bool threadCaptures() {
  for (Stream* each : streams)
    if (each->captured && each->capturer == std::this_thread::get_id()) return true;
  return false;
}

std::string leakedStreams() {
  std::string text;
  if (!streams.empty()) text += std::to_string(streams.size()) + " streams\n";
  if (!events.empty()) text += std::to_string(events.size()) + " events\n";
  return text;
}

void dropStreams() {
  for (Stream* each : streams) delete each;
  for (Event* each : events) delete each;
  streams.clear();
  events.clear();
}

void forgetQueues() {
  for (Stream* each : streams) {
    for (auto& item : each->queue)
      if (item.marks) item.marks->done = true;
    each->queue.clear();
    each->captured = false;
    each->notes.clear();
  }
}

}  // namespace emu

using namespace emu;

API cuStreamCreate(void** handle, unsigned) {
  REQUIRE_READY;
  auto* stream = new emu::Stream;
  streams.insert(stream);
  *handle = stream;
  return OK;
}

API cuStreamDestroy_v2(void* handle) {
  LOCKED;
  emu::Stream* stream = known(handle);
  if (!stream) return INVALID_HANDLE;
  runUntil(stream, [=] { return stream->queue.empty() || lost(); });
  streams.erase(stream);
  delete stream;
  return OK;
}

API cuStreamSynchronize(void* handle) {
  REQUIRE_READY;
  emu::Stream* stream = known(handle);
  if (!stream) return INVALID_HANDLE;
  if (int code = waiting(stream)) return code;
  runUntil(stream, [=] { return stream->queue.empty() || lost(); });
  return lost();
}

API cuStreamQuery(void* handle) {
  REQUIRE_READY;
  emu::Stream* stream = known(handle);
  if (!stream) return INVALID_HANDLE;
  if (int code = waiting(stream)) return code;
  runSome();
  return lost() ? lost() : stream->queue.empty() ? OK : NOT_READY;
}

API cuCtxSynchronize() {
  REQUIRE_READY;
  for (emu::Stream* each : streams)
    if (int code = waiting(each)) return code;
  runUntil(nullptr, [] {
    for (emu::Stream* each : streams)
      if (!each->queue.empty()) return lost() != 0;
    return true;
  });
  return lost();
}

API cuEventCreate(void** handle, unsigned) {
  REQUIRE_READY;
  auto* event = new emu::Event;
  events.insert(event);
  *handle = event;
  return OK;
}

API cuEventDestroy_v2(void* handle) {
  LOCKED;
  auto* event = static_cast<emu::Event*>(handle);
  if (!events.erase(event)) return INVALID_HANDLE;
  delete event;
  return OK;
}

API cuEventRecord(void* handle, void* streamHandle) {
  REQUIRE_READY;
  auto* event = static_cast<emu::Event*>(handle);
  emu::Stream* stream = known(streamHandle);
  if (!events.count(event) || !stream) return INVALID_HANDLE;
  if (stream->captured) return fault(NOT_SUPPORTED, "events in captured graphs are not emulated");
  event->latest = std::make_shared<Recording>();
  return enqueue(stream, {{"event", nullptr}, nullptr, event->latest});
}

API cuStreamWaitEvent(void* streamHandle, void* handle, unsigned) {
  REQUIRE_READY;
  auto* event = static_cast<emu::Event*>(handle);
  emu::Stream* stream = known(streamHandle);
  if (!events.count(event) || !stream) return INVALID_HANDLE;
  if (stream->captured) return fault(NOT_SUPPORTED, "events in captured graphs are not emulated");
  return event->latest ? enqueue(stream, {{"wait", nullptr}, event->latest, nullptr}) : int(OK);
}

API cuEventSynchronize(void* handle) {
  REQUIRE_READY;
  auto* event = static_cast<emu::Event*>(handle);
  if (!events.count(event)) return INVALID_HANDLE;
  auto recording = event->latest;
  runUntil(nullptr, [=] { return !recording || recording->done || lost(); });
  return lost();
}

API cuEventQuery(void* handle) {
  REQUIRE_READY;
  auto* event = static_cast<emu::Event*>(handle);
  if (!events.count(event)) return INVALID_HANDLE;
  runSome();
  return lost() ? lost() : !event->latest || event->latest->done ? OK : NOT_READY;
}

API cuStreamBeginCapture_v2(void* handle, int) {
  REQUIRE_READY;
  emu::Stream* stream = known(handle);
  if (!stream || stream->captured) return INVALID_HANDLE;
  stream->captured = true;
  stream->capturer = std::this_thread::get_id();
  stream->notes.clear();
  return OK;
}

API cuStreamEndCapture(void* handle, void** graph) {
  REQUIRE_READY;
  emu::Stream* stream = known(handle);
  if (!stream || !stream->captured) return INVALID_HANDLE;
  stream->captured = false;
  *graph = newGraph(std::move(stream->notes));
  stream->notes.clear();
  return OK;
}

API cuStreamIsCapturing(void* handle, int* state) {
  REQUIRE_READY;
  *state = capturing(handle);
  return OK;
}
