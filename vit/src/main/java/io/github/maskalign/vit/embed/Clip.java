package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.hub.ModelLocation;
import io.github.maskalign.vit.hub.ModelPart;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.text.TextBatch;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.token.TokenBatch;
import io.github.maskalign.vit.text.token.Tokenizer;
import io.github.maskalign.vit.text.token.TokenizerSettings;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.TextTowerFile;
import java.awt.image.BufferedImage;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * images and texts -> embeddings in one space, by CLIP (Radford et al., arXiv 2103.00020) or SigLIP
 * (Zhai et al., arXiv 2303.15343), for zero-shot classification and search by text.
 *
 * <pre>{@code
 * try (Clip clip = Clip.load(Path.of("clip-vit-base-patch16"))) {
 *   ZeroShotClassifier classifier = clip.classifier(List.of("a cat", "a dog"));
 *   float[] probabilities = classifier.probabilities(clip.images().embed(bufferedImage));
 * }
 * }</pre>
 *
 * <p>Thread-safe. {@link #close} frees all memory.
 *
 * @since 0.1.0
 */
public final class Clip implements AutoCloseable {

  private final Embedder images;
  private final Scope scope;
  private final TextNetwork network;
  private final Tokenizer tokenizer;
  private final boolean truncation;
  private final Batcher<TextBatch> batcher;

  private Clip(
      Embedder images, Scope scope, TextNetwork network, Tokenizer tokenizer, ClipOptions options) {
    this.images = images;
    this.scope = scope;
    this.network = network;
    this.tokenizer = tokenizer;
    this.truncation = options.truncation();
    this.batcher = new Batcher<>("clip", network::embed, options.batching());
  }

  /** Loads both towers by their name or path, with the default options. */
  public static Clip load(String model) {
    return load(model, ClipOptions.defaults());
  }

  /**
   * Loads both towers by their name or path.
   *
   * @param model {@code hf:ORG/NAME} or {@code hf:ORG/NAME@REVISION} on the Hub, fetched unless the
   *     cache has it; a short name such as {@code clip_b16}; or what {@link #load(Path,
   *     ClipOptions)} takes
   * @throws io.github.maskalign.vit.hub.access.HubException if the Hub does not give it
   */
  public static Clip load(String model, ClipOptions options) {
    return load(ModelLocation.parse(model).path(ModelPart.NETWORK_AND_TOKENIZER), options);
  }

  /** Loads both towers with the default options. */
  public static Clip load(Path model) {
    return load(model, ClipOptions.defaults());
  }

  /**
   * Loads both towers.
   *
   * @param model a folder with a CLIP or SigLIP of Hugging Face or OpenCLIP, or its weight file,
   *     with the files of its tokenizer beside it: {@code tokenizer.json}, or {@code vocab.json}
   *     and {@code merges.txt}, {@code spiece.model}, {@code vocab.txt}, or OpenAI's {@code
   *     bpe_simple_vocab_16e6.txt.gz}
   * @throws FormatException if it is damaged, or has no text tower or vocabulary
   * @throws io.github.maskalign.tensor.error.DeviceException if the backend is not available
   */
  public static Clip load(Path model, ClipOptions options) {
    NetworkFile file = NetworkFile.open(model).withProcessing(options.processing());
    try {
      TextTowerFile texts = TextTowerFile.of(file.file());
      Tokenizer tokenizer = texts.tokenizer();
      boolean projection = file.projection().isPresent();
      return load(Embedder.load(file, options.images(projection)), texts, tokenizer, options);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  private static Clip load(
      Embedder images, TextTowerFile texts, Tokenizer tokenizer, ClipOptions options) {
    Scope scope = Scope.root(images.backend(), "clip");
    try {
      requireSameWidth(images, texts);
      return new Clip(images, scope, TextNetwork.load(scope, texts), tokenizer, options);
    } catch (RuntimeException | Error e) {
      scope.close();
      images.close();
      throw e;
    }
  }

  private static void requireSameWidth(Embedder images, TextTowerFile texts) {
    if (images.width() != texts.config().length()) {
      throw new FormatException(
          ("clip: image embeddings have %d values, text embeddings %d; use a checkpoint whose"
                  + " towers match")
              .formatted(images.width(), texts.config().length()));
    }
  }

  /** Length of an embedding, P. */
  public int width() {
    return images.width();
  }

  /** The image tower: images -> [P], in the space shared with texts, at unit length. */
  public Embedder images() {
    return images;
  }

  /** The tokenizer, for example to count the tokens of a text. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The learned scale of cosines, about 100. */
  public double logitScale() {
    return network.logits().scale();
  }

  /** The learned bias of scaled cosines in SigLIP, about -15; 0 in CLIP, which has none. */
  public double logitBias() {
    return network.logits().bias();
  }

  /**
   * text -> [P], at unit length.
   *
   * @throws ShapeException if it has too many tokens and truncation is off
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   */
  public float[] embed(String text) {
    return embed(List.of(text)).getFirst();
  }

  /**
   * L texts -> L embeddings [P], at unit length.
   *
   * @throws ShapeException if one has too many tokens and truncation is off
   * @throws io.github.maskalign.tensor.error.ClosedException after {@link #close}
   */
  public List<float[]> embed(List<String> texts) {
    return batcher.submit(texts.stream().map(this::batch).toList());
  }

  /**
   * Number of tokens of a text, without start and end.
   *
   * @see #maxTokens
   */
  public int tokens(String text) {
    return tokenizer.encode(text).length - tokenizer.encode("").length;
  }

  /** Maximum number of tokens of a text, without start and end. */
  public int maxTokens() {
    return limit() - tokenizer.encode("").length;
  }

  private int limit() {
    return Math.min(network.config().context(), tokenizer.settings().maxLength());
  }

  private TextBatch batch(String text) {
    TextConfig config = network.config();
    TokenizerSettings settings = tokenizer.settings();
    int limit = limit();
    Tokenizer.Encoding tokens = tokenizer.encode(text, limit);
    if (tokens.dropped() > 0 && !truncation) {
      throw new ShapeException(
          "clip: the text has %d tokens, the limit is %d; shorten it or enable"
                  .formatted(maxTokens() + tokens.dropped(), maxTokens())
              + " ClipOptions.withTruncation: '%.40s...'".formatted(text));
    }
    if (!config.readsPadding() || settings.padding().isEmpty()) {
      return TextBatch.of(List.of(tokens.ids()), config);
    }
    // Embeddings that depend on padding want the tokenizer's own.
    TokenBatch padded = tokenizer.encode(List.of(text), limit);
    return new TextBatch(
        padded.ids()[0], 1, limit, settings.attentionMask() ? flags(padded.mask()[0]) : null);
  }

  private static boolean[] flags(byte[] mask) {
    boolean[] flags = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      flags[i] = mask[i] != 0;
    }
    return flags;
  }

  /**
   * A zero-shot classifier of images; it embeds the texts once.
   *
   * @throws ArgumentException if there are none
   */
  public ZeroShotClassifier classifier(List<String> texts) {
    if (texts.isEmpty()) {
      throw new ArgumentException("clip: a classifier requires at least one text");
    }
    return new ZeroShotClassifier(texts, embed(texts), network.logits());
  }

  /**
   * Zero-shot probabilities of the texts for an image: [L], see {@link
   * ZeroShotClassifier#probabilities}. For more than one image use {@link #classifier}, which
   * embeds the texts once.
   */
  public float[] similarity(BufferedImage image, List<String> texts) {
    return classifier(texts).probabilities(images.embed(image));
  }

  /** Zero-shot probabilities for an image file. */
  public float[] similarity(Path file, List<String> texts) {
    return classifier(texts).probabilities(images.embed(file));
  }

  /** Zero-shot probabilities for the content of an image file. */
  public float[] similarity(byte[] file, List<String> texts) {
    return classifier(texts).probabilities(images.embed(file));
  }

  /** Zero-shot probabilities for an image file read to the end of the stream, which stays open. */
  public float[] similarity(InputStream file, List<String> texts) {
    return classifier(texts).probabilities(images.embed(file));
  }

  /** Zero-shot probabilities for decoded pixels. */
  public float[] similarity(Picture picture, List<String> texts) {
    return classifier(texts).probabilities(images.embed(picture));
  }

  /** Whether requests for texts are served, and how many were; of images, {@code images()}. */
  public Health health() {
    return batcher.health();
  }

  /** Completes pending requests, then frees all memory; closing again has no effect. */
  @Override
  public void close() {
    batcher.close();
    scope.close();
    images.close();
  }
}
