package io.github.maskalign.cli.models;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.FetchProgress;
import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.hub.Hub;
import io.github.maskalign.vit.hub.HubOptions;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.hub.cache.CachedCommit;
import io.github.maskalign.vit.hub.cache.ContentCheck;
import io.github.maskalign.vit.hub.cache.ModelCache;
import io.github.maskalign.vit.hub.cache.Removal;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.Revision;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maskalign models verify}. */
@CommandLine.Command(
    name = "verify",
    description =
        "Compares the files of models in the cache with their digests. The exit status is 1 if one"
            + " is damaged or missing.")
final class VerifyCommand implements Command {

  @Spec private CommandSpec spec;

  @CommandLine.Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description = ModelArgument.DESCRIPTION + " Without one, all models are checked.")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--repair",
      description = "Remove damaged files, and fetch again what a network needs of them.")
  private boolean repair;

  @Override
  public Integer call() throws IOException {
    ModelCache cache = new ModelCache(HubOptions.fromEnvironment().cache());
    List<CachedCommit> commits = new ArrayList<>();
    if (models.isEmpty()) {
      commits.addAll(cache.list());
    }
    for (String model : models) {
      commits.addAll(CachedModels.named(spec, cache, model));
    }
    boolean whole = true;
    for (CachedCommit commit : commits) {
      whole &= verify(cache, commit);
    }
    return whole ? 0 : 1;
  }

  private boolean verify(ModelCache cache, CachedCommit commit) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    String name = commit.repository() + "@" + commit.commit().abbreviated();
    Map<ContentCheck, List<String>> found = check(commit, name);
    List<String> damaged = new ArrayList<>(found.get(ContentCheck.DAMAGED));
    damaged.addAll(found.get(ContentCheck.MISSING));
    for (String file : damaged) {
      out.printf("%s: %s: damaged or missing%n", name, Printable.line(file));
    }
    if (!damaged.isEmpty() && repair) {
      repair(cache, commit, damaged);
      out.printf("%s: fetched again%n", name);
      return true;
    }
    int unknown = found.get(ContentCheck.UNKNOWN).size();
    out.printf(
        "%s: %s%s%n",
        name,
        damaged.isEmpty()
            ? Quantity.of(found.get(ContentCheck.WHOLE).size(), "file") + " as the Hub states"
            : "--repair fetches them again",
        unknown == 0 ? "" : ", " + Quantity.of(unknown, "file") + " without a known digest");
    return damaged.isEmpty();
  }

  private static Map<ContentCheck, List<String>> check(CachedCommit commit, String name)
      throws IOException {
    Map<ContentCheck, List<String>> found = new EnumMap<>(ContentCheck.class);
    for (ContentCheck each : ContentCheck.values()) {
      found.put(each, new ArrayList<>());
    }
    try (ProgressLine progress = ProgressLine.onStandardError(name + ", files")) {
      int done = 0;
      for (String file : commit.files()) {
        progress.update(done++, commit.files().size());
        found.get(ContentCheck.of(commit, file)).add(file);
      }
    }
    return found;
  }

  private static void repair(ModelCache cache, CachedCommit commit, List<String> damaged)
      throws IOException {
    Removal removal = new Removal(cache);
    for (String file : damaged) {
      removal.removeContent(commit, file);
    }
    ModelReference model =
        new ModelReference(commit.repository(), new Revision(commit.commit().hex()));
    try (FetchProgress progress = FetchProgress.onStandardError()) {
      Hub.of(HubOptions.fromEnvironment()).fetch(model, ModelPart.NETWORK, progress);
    }
  }
}
