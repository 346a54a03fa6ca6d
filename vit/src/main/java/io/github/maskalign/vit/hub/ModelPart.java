package io.github.maskalign.vit.hub;

import io.github.maskalign.vit.hub.name.RemotePath;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which files of a model to fetch.
 *
 * @since 0.1.0
 */
public enum ModelPart {
  /** Weights, configuration and preprocessing of images. */
  NETWORK(),

  /** The same, and the tokenizer of its texts. */
  NETWORK_AND_TOKENIZER(
      "tokenizer_config.json",
      "special_tokens_map.json",
      "added_tokens.json",
      "tokenizer.json",
      "vocab.json",
      "merges.txt",
      "vocab.txt",
      "bpe_simple_vocab_16e6.txt.gz",
      "tokenizer.model",
      "spiece.model",
      "sentencepiece.bpe.model");

  private final List<RemotePath> files;

  /** Needs the files of every network and some more. */
  ModelPart(String... more) {
    Stream<String> every =
        Stream.of(
            "config.json",
            "open_clip_config.json",
            "preprocessor_config.json",
            "processor_config.json");
    this.files = Stream.concat(every, Stream.of(more)).map(RemotePath::new).toList();
  }

  /** The files besides the weights, each of which a repository may lack. */
  List<RemotePath> files() {
    return files;
  }
}
