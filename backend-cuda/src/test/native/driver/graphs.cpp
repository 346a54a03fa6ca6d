// Graphs: lists of recorded steps, queued as one.
#include <memory>
#include <set>

#include "emu.h"

namespace emu {

namespace {

using Steps = std::shared_ptr<const std::vector<Step>>;

struct Graph {
  Steps steps;
};

std::set<Graph*> graphs;
std::set<Graph*> programs;

int add(std::set<Graph*>& kind, Steps steps, void** handle) {
  auto* graph = new Graph{std::move(steps)};
  kind.insert(graph);
  *handle = graph;
  return OK;
}

int destroy(std::set<Graph*>& kind, void* handle) {
  LOCKED;
  auto* graph = static_cast<Graph*>(handle);
  if (!kind.erase(graph)) return INVALID_HANDLE;
  delete graph;
  return OK;
}

int runAll(const Steps& steps) {
  for (auto& step : *steps)
    if (int code = step.work()) return fault(code, "in a graph, " + step.name + " failed");
  return OK;
}

}  // namespace

void* newGraph(std::vector<Step> steps) {
  void* handle;
  add(graphs, std::make_shared<const std::vector<Step>>(std::move(steps)), &handle);
  return handle;
}

std::string leakedGraphs() {
  size_t count = graphs.size() + programs.size();
  return count ? std::to_string(count) + " graphs\n" : "";
}

void dropGraphs() {
  for (Graph* each : graphs) delete each;
  for (Graph* each : programs) delete each;
  graphs.clear();
  programs.clear();
}

}  // namespace emu

using namespace emu;

API cuGraphInstantiateWithFlags(void** program, void* handle, unsigned long long) {
  REQUIRE_READY;
  auto* graph = static_cast<emu::Graph*>(handle);
  if (!graphs.count(graph)) return INVALID_HANDLE;
  return add(programs, graph->steps, program);
}

API cuGraphLaunch(void* handle, void* stream) {
  REQUIRE_READY;
  auto* program = static_cast<emu::Graph*>(handle);
  if (!programs.count(program)) return INVALID_HANDLE;
  Steps steps = program->steps;
  return submit(stream, "a graph", [=] { return runAll(steps); });
}

API cuGraphDestroy(void* handle) { return destroy(graphs, handle); }

API cuGraphExecDestroy(void* handle) { return destroy(programs, handle); }
