package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.text.token.OpenClipOptions;
import io.github.maskalign.vit.text.token.Tokenizer;
import io.github.maskalign.vit.text.token.Tokenizers;
import io.github.maskalign.vit.weights.family.text.TextFacts;
import io.github.maskalign.vit.weights.family.text.TextFamily;
import io.github.maskalign.vit.weights.family.text.TextNames;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text tower in a file: of a complete CLIP or SigLIP, or alone.
 *
 * @param file open while this is used
 * @param names maps parameters to the names in the file
 * @param prefix of all names, such as {@code module.}
 * @param config the configuration of the tower
 * @param openClip whether OpenCLIP wrote it, which cleans texts
 * @since 0.1.0
 */
public record TextTowerFile(
    WeightFile file, NameMap names, String prefix, TextConfig config, boolean openClip) {

  /** Prefix of the parameters that both towers share. */
  public static final String LOGIT = "logit_";

  /** Their names, which are the same in all libraries. */
  public static final NameMap LOGITS =
      new NameMap() {
        @Override
        public List<TensorPart> sources(String parameter, Set<String> names) {
          return List.of(new TensorPart.Whole(LOGIT + parameter));
        }

        @Override
        public boolean ignores(String name) {
          return true;
        }
      };

  /** A family whose names are in the file. */
  private record Match(TextFamily family, TextNames names, String prefix) {}

  /** A configuration file and its content. */
  private record Config(String name, JsonNode json) {}

  /**
   * Finds the text tower. Its sizes come from the shapes of its weights, the rest from the
   * configuration beside them, else from what files with such names usually have.
   *
   * @param file must stay open while this is used
   * @throws FormatException if the file has no known text tower, or its configuration differs from
   *     its weights
   */
  public static TextTowerFile of(WeightFile file) {
    List<Match> matches = matches(file);
    List<Config> configs = configs(file);
    for (Config config : configs) {
      for (Match match : matches) {
        if (match.family().configuredBy(config.json())) {
          return of(file, match, config);
        }
      }
    }
    if (matches.isEmpty()) {
      throw none(file, "its names are not those of one");
    }
    if (matches.getFirst().family().openClip() && ConfigFile.lacksOpenClip(file)) {
      throw new FormatException(ConfigFile.openClipIsMissing(file));
    }
    if (!configs.isEmpty()) {
      Config first = configs.getFirst();
      throw none(
          file,
          "%s with model_type '%s' is not the configuration of one"
              .formatted(first.name(), first.json().path("model_type").asText()));
    }
    return of(file, matches.getFirst(), null);
  }

  /** Whether the names of a file are those of a text tower of a known family. */
  public static boolean isIn(WeightFile file) {
    return !matches(file).isEmpty();
  }

  private static TextTowerFile of(WeightFile file, Match match, @Nullable Config config) {
    NamedShapes shapes = NamedShapes.of(file.below(match.prefix()), match.names().map());
    TextFacts facts = facts(shapes);
    TextConfig parsed;
    try {
      parsed = match.family().config(config == null ? null : config.json(), facts);
    } catch (TensorException e) {
      String where = config == null ? file.description() : config.name();
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
    BlockFit.check(shapes, parsed.blocks());
    return new TextTowerFile(
        file, match.names().map(), match.prefix(), parsed, match.family().openClip());
  }

  private static List<Match> matches(WeightFile file) {
    List<Match> matches = new ArrayList<>();
    for (TextFamily family : TextFamily.all()) {
      for (TextNames names : family.names()) {
        Optional<String> prefix = names.prefix(file.names());
        if (prefix.isPresent()) {
          matches.add(new Match(family, names, prefix.get()));
          break;
        }
      }
    }
    return matches;
  }

  private static List<Config> configs(WeightFile file) {
    List<Config> configs = new ArrayList<>();
    for (Path path : ConfigFile.beside(file)) {
      JsonNode json = JsonFiles.object(path, JsonKind.CONFIGURATION);
      configs.add(new Config(path.toString(), json));
    }
    return configs;
  }

  private static FormatException none(WeightFile file, String why) {
    String families =
        TextFamily.all().stream().map(TextFamily::title).collect(Collectors.joining(", "));
    return new FormatException(
        "%s has no text tower (%s): zero-shot classification requires the file of a pair of %s;"
                .formatted(file.description(), why, families)
            + " to embed images alone, use features, in Java Embedder");
  }

  private static TextFacts facts(NamedShapes shapes) {
    Shape table = shapes.require("token_embed", 2);
    int width = table.dim(1);
    return new TextFacts(
        table.dim(0),
        shapes.require("positions", 2).dim(0),
        width,
        shapes.depth(),
        shapes.require("blocks.0.mlp.fc1.weight", 2).dim(0),
        NamedShapes.heads(width),
        shapes.has("blocks.0.ls1.gamma"),
        shapes.has("cls_token"),
        projection(shapes));
  }

  private static TextConfig.@Nullable Projection projection(NamedShapes shapes) {
    return shapes.has("projection.weight")
        ? new TextConfig.Projection(
            shapes.require("projection.weight", 2).dim(0), shapes.has("projection.bias"))
        : null;
  }

  /** The weights, by their names without prefix. */
  public WeightSource weights() {
    return file.below(prefix);
  }

  /**
   * Reads the tokenizer beside the weights, as the library that wrote them does.
   *
   * @throws FormatException if there is none, or it does not fit this tower
   */
  public Tokenizer tokenizer() {
    Path folder = file.files().getFirst().toAbsolutePath().getParent();
    Tokenizer tokenizer =
        openClip
            ? Tokenizers.openClip(folder, openClipOptions(folder))
            : Tokenizers.transformers(folder);
    if (tokenizer.size() > config.vocabulary()) {
      throw new FormatException(
          ("%s: the vocabulary beside it has tokens up to %d, its embedding table %d rows; use"
                      + " the vocabulary of")
                  .formatted(file.description(), tokenizer.size() - 1, config.vocabulary())
              + " this network");
    }
    OptionalInt last = tokenizer.settings().end();
    if (config.pooling() instanceof TextPooling.FirstOf end
        && last.isPresent()
        && end.id() != last.getAsInt()) {
      throw new FormatException(
          ("%s: eos_token_id is %d, but '%s' has id %d in the vocabulary beside it; use the"
                  + " vocabulary of this network")
              .formatted(
                  file.description(), end.id(), tokenizer.token(last.getAsInt()), last.getAsInt()));
    }
    return tokenizer;
  }

  private static OpenClipOptions openClipOptions(Path folder) {
    return Files.exists(folder.resolve(ConfigFile.OPEN_CLIP))
        ? OpenClipOptions.read(folder)
        : OpenClipOptions.defaults();
  }

  /**
   * Loads the tower.
   *
   * @param below prefix of the tower's parameters, such as {@code "text."}; other parameters are
   *     left alone
   * @throws FormatException if the weights do not fit
   */
  public LoadReport load(Parameters parameters, String below) {
    return Weights.load(
        weights(), parameters, LoadOptions.strict().withNames(names).withPrefix(below));
  }

  /** Whether the file is of a pair whose logits have a bias, as in SigLIP. */
  public boolean hasLogitBias() {
    return weights().names().contains(LOGIT + "bias");
  }

  /**
   * Loads {@code logit_scale} and {@code logit_bias}, the parameters of a pair.
   *
   * @throws FormatException if the file lacks one
   */
  public LoadReport loadLogits(Parameters parameters) {
    LoadOptions options = LoadOptions.strict().withNames(LOGITS).withPrefix(LOGIT);
    return Weights.load(weights(), parameters, options);
  }
}
