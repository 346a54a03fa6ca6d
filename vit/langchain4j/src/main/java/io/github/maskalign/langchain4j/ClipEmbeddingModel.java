package io.github.maskalign.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ImageInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * A CLIP or SigLIP that embeds images and texts into the same space, in this process:
 *
 * <pre>{@code
 * try (Clip clip = Clip.load("clip_b16")) {
 *   EmbeddingModel model = new ClipEmbeddingModel(clip, "clip_b16");
 *   Embedding dog = model.embed("a photo of a dog").content();
 * }
 * }</pre>
 *
 * <p>An input is one text or one image: its content in base64, or a file by its {@code file:} URL.
 * Any file of this machine is read, so URLs must not come from users. Images at other URLs are not
 * fetched. Embeddings have unit length.
 *
 * @since 0.1.0
 */
public final class ClipEmbeddingModel implements EmbeddingModel {

  private final Clip clip;
  private final String name;

  /**
   * A model that computes with a loaded CLIP, which the caller closes.
   *
   * @param name of the model, for observers
   */
  public ClipEmbeddingModel(Clip clip, String name) {
    this.clip = clip;
    this.name = name;
  }

  @Override
  public String modelName() {
    return name;
  }

  @Override
  public int dimension() {
    return clip.width();
  }

  @Override
  public Set<ContentType> supportedContentTypes() {
    return Set.of(ContentType.TEXT, ContentType.IMAGE);
  }

  /**
   * Embeds texts and images, each kind in batches.
   *
   * @throws ArgumentException if an input is not one text or one image, or an image is not given by
   *     its content or a file: URL
   * @throws io.github.maskalign.vit.image.DamagedPictureException if an image cannot be decoded
   */
  @Override
  public EmbeddingResponse doEmbed(EmbeddingRequest request) {
    List<String> texts = new ArrayList<>();
    List<ImageInput> images = new ArrayList<>();
    for (EmbeddingInput input : request.inputs()) {
      switch (single(input)) {
        case TextContent text -> texts.add(text.text());
        case ImageContent image -> images.add(image(image.image()));
        case Content other ->
            throw new ArgumentException(
                "%s: an input of type %s; texts and images can be embedded"
                    .formatted(name, other.type()));
      }
    }
    List<float[]> ofTexts = texts.isEmpty() ? List.of() : clip.embed(texts);
    List<float[]> ofImages = images.isEmpty() ? List.of() : clip.images().embedAll(images);
    List<Embedding> all = new ArrayList<>();
    int text = 0;
    int image = 0;
    for (EmbeddingInput input : request.inputs()) {
      boolean isText = single(input) instanceof TextContent;
      all.add(Embedding.from(isText ? ofTexts.get(text++) : ofImages.get(image++)));
    }
    return EmbeddingResponse.builder().embeddings(all).modelName(name).build();
  }

  private Content single(EmbeddingInput input) {
    if (input.contents().size() != 1) {
      throw new ArgumentException(
          "%s: an input of %d contents; each is one text or one image"
              .formatted(name, input.contents().size()));
    }
    return input.contents().getFirst();
  }

  private ImageInput image(Image image) {
    if (image.base64Data() != null) {
      try {
        return ImageInput.of(Base64.getDecoder().decode(image.base64Data().replaceAll("\\s", "")));
      } catch (IllegalArgumentException e) {
        throw new ArgumentException(name + ": an image is not valid base64", e);
      }
    }
    if (image.url() != null && "file".equalsIgnoreCase(image.url().getScheme())) {
      try {
        return ImageInput.of(Path.of(image.url()));
      } catch (IllegalArgumentException e) {
        throw new ArgumentException(
            "%s: the image %s is not a file of this machine".formatted(name, image.url()), e);
      }
    }
    throw new ArgumentException(
        "%s: the image %s is not fetched; give its content in base64, or a file: URL"
            .formatted(name, image.url()));
  }
}
