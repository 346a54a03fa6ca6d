package io.github.maskalign.vit.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.RemotePath;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which files of a repository a model is loaded from: the small ones that it has, and the weights
 * in one format.
 *
 * @param weights the file to open: the weights, or the index of their shards
 * @param files all files, the small ones first
 */
record Selection(RemotePath weights, List<RemotePath> files) {

  private static final RemotePath CONFIG = new RemotePath("config.json");
  private static final String SAFETENSORS = ".safetensors";
  private static final String INDEX = ".index.json";

  /** Endings of files that hold pickled weights. */
  private static final List<String> PICKLES = List.of(".bin", ".pth", ".pt");

  /** The files that a folder is searched for, but safetensors before pickles. */
  private static final List<RemotePath> WEIGHTS =
      WeightFiles.names().stream()
          .map(RemotePath::new)
          .sorted(Comparator.comparing(Selection::isPickle))
          .toList();

  private static final int SHOWN = 5;

  /**
   * Chooses files, and gets those that name others.
   *
   * @throws HubException if there are no weights that can be read
   * @throws FormatException if a file names one outside the repository
   */
  static Selection of(ModelReference model, ModelFiles files, ModelPart part) {
    List<RemotePath> chosen = new ArrayList<>(part.files().stream().filter(files::has).toList());
    RemotePath weights = weights(model, files);
    chosen.add(weights);
    if (weights.path().endsWith(INDEX)) {
      chosen.addAll(shards(model, files, weights));
    }
    return new Selection(weights, List.copyOf(chosen));
  }

  private static RemotePath weights(ModelReference model, ModelFiles files) {
    Optional<RemotePath> declared =
        files.has(CONFIG) ? declared(files.get(CONFIG)).filter(files::mayHave) : Optional.empty();
    if (declared.isPresent() && declared.get().path().endsWith(SAFETENSORS)) {
      return declared.get();
    }
    Optional<RemotePath> usual = WEIGHTS.stream().filter(files::has).findFirst();
    boolean isPickle = usual.isEmpty() || isPickle(usual.get());
    return declared
        .filter(name -> isPickle && isPickle(name))
        .or(() -> usual)
        .orElseThrow(
            () ->
                new HubException(
                    Reason.NO_FILE,
                    "%s: no weights that can be read: expected %s; %s"
                        .formatted(model, names(WEIGHTS, WEIGHTS.size()), files.description())));
  }

  private static boolean isPickle(RemotePath file) {
    return PICKLES.stream().anyMatch(file.path()::endsWith) || file.path().endsWith(".bin" + INDEX);
  }

  private static String names(List<RemotePath> files, int most) {
    return Printable.line(files.stream().map(RemotePath::path).toList(), most);
  }

  /** The weights that a configuration of timm names. */
  private static Optional<RemotePath> declared(Path config) {
    JsonNode name =
        JsonFiles.object(config, JsonKind.CONFIGURATION)
            .path("pretrained_cfg")
            .path("hf_hub_filename");
    return name.isTextual() && !name.textValue().isEmpty()
        ? Optional.of(new RemotePath(name.textValue()))
        : Optional.empty();
  }

  private static Set<RemotePath> shards(ModelReference model, ModelFiles files, RemotePath index) {
    JsonNode map = JsonFiles.object(files.get(index), JsonKind.INDEX).path("weight_map");
    Set<RemotePath> shards = new LinkedHashSet<>();
    map.forEach(name -> shards.add(index.sibling(name.asText())));
    if (shards.isEmpty()) {
      throw new FormatException("%s: %s names no shards".formatted(model, index));
    }
    List<RemotePath> missing = shards.stream().filter(shard -> !files.has(shard)).toList();
    if (!missing.isEmpty()) {
      throw new HubException(
          Reason.NO_FILE,
          "%s: of the shards in %s, these are missing: %s"
              .formatted(model, index, names(missing, SHOWN)));
    }
    return shards;
  }
}
