package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.text.Tokenizer;
import io.github.maskalign.vit.text.Tokens;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.TextFile;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * pictures and texts -> embeddings in one space (Radford et al., arXiv 2103.00020), so that texts
 * label pictures that nothing was trained on.
 *
 * <pre>{@code
 * try (Clip clip = Clip.load(Path.of("clip-vit-base-patch16"))) {
 *   Labels labels = clip.labels(List.of("a photo of a cat", "a photo of a dog"));
 *   float[] probabilities = labels.probabilities(clip.images().embed(bufferedImage));
 * }
 * }</pre>
 *
 * <p>Safe for any number of threads, as {@link Embedder} is. {@link #close} gives all memory back.
 *
 * @since 0.1.0
 */
public final class Clip implements AutoCloseable {

  private final Embedder images;
  private final Scope scope;
  private final TextNetwork network;
  private final Tokenizer tokenizer;
  private final boolean truncation;
  private final Batcher<int[]> batcher;

  private Clip(
      Embedder images, Scope scope, TextNetwork network, Tokenizer tokenizer, ClipOptions options) {
    this.images = images;
    this.scope = scope;
    this.network = network;
    this.tokenizer = tokenizer;
    this.truncation = options.truncation();
    this.batcher = new Batcher<>("clip", network::embed, options.maxBatch(), options.maxDelay());
  }

  /** Loads both towers with the default options. */
  public static Clip load(Path model) {
    return load(model, ClipOptions.defaults());
  }

  /**
   * Loads both towers.
   *
   * @param model a folder of a whole CLIP of Hugging Face or OpenCLIP, or the weight file in it;
   *     the vocabulary lies beside it: {@code tokenizer.json}, or {@code vocab.json} and {@code
   *     merges.txt}, or OpenAI's {@code bpe_simple_vocab_16e6.txt.gz}
   * @throws FormatException if it is damaged, has no text tower, or no vocabulary lies beside it
   * @throws io.github.maskalign.tensor.error.DeviceException if the backend is not available
   */
  public static Clip load(Path model, ClipOptions options) {
    NetworkFile file = NetworkFile.open(model);
    try {
      TextFile texts = TextFile.of(file);
      Tokenizer tokenizer = new Tokenizer(texts.vocabulary(), texts.config().context());
      return load(Embedder.load(file, options.images()), texts, tokenizer, options);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static Clip load(
      Embedder images, TextFile texts, Tokenizer tokenizer, ClipOptions options) {
    Scope scope = Scope.root(images.backend(), "clip");
    try {
      requireOneSpace(images, texts);
      return new Clip(images, scope, TextNetwork.load(scope, texts), tokenizer, options);
    } catch (RuntimeException | Error e) {
      scope.close();
      images.close();
      throw e;
    }
  }

  private static void requireOneSpace(Embedder images, TextFile texts) {
    if (images.width() != texts.config().projection()) {
      throw new FormatException(
          "clip: pictures become %d numbers and texts %d, so that they cannot be compared"
              .formatted(images.width(), texts.config().projection()));
    }
  }

  /** Length of an embedding, P. */
  public int width() {
    return images.width();
  }

  /** The image tower: pictures -> [P], in the space of texts, at unit length. */
  public Embedder images() {
    return images;
  }

  /** Tells how many tokens a text has. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** What cosines are multiplied by before they become probabilities, about 100. */
  public double logitScale() {
    return network.logitScale();
  }

  /**
   * text -> [P], at unit length.
   *
   * @throws ShapeException if it has too many tokens and is not to be cut
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   */
  public float[] embed(String text) {
    return embed(List.of(text)).getFirst();
  }

  /**
   * L texts -> L times [P], at unit length.
   *
   * @throws ShapeException if one has too many tokens and is not to be cut
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   */
  public List<float[]> embed(List<String> texts) {
    return batcher.submit(texts.stream().map(this::tokens).toList());
  }

  private int[] tokens(String text) {
    Tokens tokens = tokenizer.encode(text);
    if (tokens.dropped() > 0 && !truncation) {
      int max = tokenizer.context() - 2;
      throw new ShapeException(
          "clip: a text of %d tokens, there is room for %d; shorten it, or let it be cut with"
                  .formatted(max + tokens.dropped(), max)
              + " ClipOptions.withTruncation: '%.40s...'".formatted(text));
    }
    return tokens.ids();
  }

  /**
   * Texts, embedded once, to label any number of pictures by.
   *
   * @throws IllegalArgumentException if there are none
   */
  public Labels labels(List<String> texts) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("clip: labels need one text at least");
    }
    return new Labels(texts, embed(texts), network.logitScale());
  }

  /**
   * How likely each text is the image's, given that one is: [L], sum 1. {@link #labels} is the way
   * for more than one picture: it embeds the texts once.
   */
  public float[] similarity(BufferedImage image, List<String> texts) {
    return labels(texts).probabilities(images.embed(image));
  }

  /** The same for a picture in a file. */
  public float[] similarity(Path file, List<String> texts) {
    return labels(texts).probabilities(images.embed(file));
  }

  /** The same for a picture that was read from a file or a request. */
  public float[] similarity(byte[] file, List<String> texts) {
    return labels(texts).probabilities(images.embed(file));
  }

  /** The same for a picture that is read to the stream's end; the stream stays open. */
  public float[] similarity(InputStream file, List<String> texts) {
    return labels(texts).probabilities(images.embed(file));
  }

  /** The same for pixels. */
  public float[] similarity(Picture picture, List<String> texts) {
    return labels(texts).probabilities(images.embed(picture));
  }

  /** Waits for the embeddings asked for, then gives all memory back; closing again does nothing. */
  @Override
  public void close() {
    batcher.close();
    scope.close();
    images.close();
  }
}
