package io.github.maskalign.cli.models;

import io.github.maskalign.cli.ByteSize;
import io.github.maskalign.cli.Command;
import io.github.maskalign.vit.hub.HubOptions;
import io.github.maskalign.vit.hub.cache.CachedCommit;
import io.github.maskalign.vit.hub.cache.ModelCache;
import io.github.maskalign.vit.hub.cache.Removal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code maskalign models remove}. */
@CommandLine.Command(
    name = "remove",
    description =
        "Removes models from the cache: all commits of a repository, or those of one revision. Python"
            + " programs lose them too.")
final class RemoveCommand implements Command {

  @Spec private CommandSpec spec;

  @CommandLine.Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = ModelArgument.DESCRIPTION)
  private List<String> models = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    ModelCache cache = new ModelCache(HubOptions.fromEnvironment().cache());
    List<CachedCommit> all = new ArrayList<>();
    for (String model : models) {
      all.addAll(CachedModels.named(spec, cache, model));
    }
    Removal removal = new Removal(cache);
    for (CachedCommit commit : all) {
      long freed = removal.remove(commit);
      spec.commandLine()
          .getOut()
          .printf(
              "removed %s@%s, %s%n",
              commit.repository(), commit.commit().abbreviated(), ByteSize.text(freed));
    }
    return 0;
  }
}
