package io.github.maskalign.cli.models;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.FetchProgress;
import io.github.maskalign.vit.hub.Hub;
import io.github.maskalign.vit.hub.HubOptions;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.hub.Snapshot;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code maskalign models fetch}. */
@CommandLine.Command(
    name = "fetch",
    description =
        "Fetches models unless they are in the cache, and prints their weight files. Commands that"
            + " take weights do so by themselves; this prepares a machine that will be offline.")
final class FetchCommand implements Command {

  @Spec private CommandSpec spec;

  @CommandLine.Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = ModelArgument.DESCRIPTION)
  private List<String> models = new ArrayList<>();

  @Option(names = "--tokenizer", description = "Also fetch the tokenizer of a CLIP or SigLIP.")
  private boolean tokenizer;

  @Override
  public Integer call() {
    Hub hub = Hub.of(HubOptions.fromEnvironment());
    ModelPart part = tokenizer ? ModelPart.NETWORK_AND_TOKENIZER : ModelPart.NETWORK;
    for (String model : models) {
      try (FetchProgress progress = FetchProgress.onStandardError()) {
        Snapshot snapshot = hub.fetch(ModelArgument.parse(spec, model), part, progress);
        spec.commandLine().getOut().println(snapshot.weights());
      }
    }
    return 0;
  }
}
