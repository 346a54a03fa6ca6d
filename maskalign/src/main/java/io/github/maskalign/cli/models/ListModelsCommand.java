package io.github.maskalign.cli.models;

import io.github.maskalign.cli.ByteSize;
import io.github.maskalign.cli.Command;
import io.github.maskalign.vit.hub.HubOptions;
import io.github.maskalign.vit.hub.cache.CachedCommit;
import io.github.maskalign.vit.hub.cache.ModelCache;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maskalign models list}. */
@CommandLine.Command(
    name = "list",
    description =
        "Lists the models in the cache, whichever program fetched them, a line for each commit.")
final class ListModelsCommand implements Command {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ModelCache cache = new ModelCache(HubOptions.fromEnvironment().cache());
    List<CachedCommit> all = cache.list();
    if (json) {
      out.println(JsonWriter.printable(all.stream().map(ListModelsCommand::described).toList()));
      return 0;
    }
    for (CachedCommit each : all) {
      out.printf(
          "%-48s %s  %9s  %3d files  %s%n",
          each.repository(),
          each.commit().abbreviated(),
          ByteSize.text(each.bytes()),
          each.files().size(),
          String.join(", ", each.references()));
    }
    if (all.isEmpty()) {
      out.println("no models in " + cache.folder());
    }
    return 0;
  }

  private static Map<String, Object> described(CachedCommit commit) {
    return Map.of(
        "repository", commit.repository().name(),
        "commit", commit.commit().hex(),
        "references", commit.references(),
        "folder", commit.folder().toString(),
        "files", commit.files(),
        "bytes", commit.bytes());
  }
}
