package io.github.maskalign.vit.weights.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PublishedProcessorTest {

  private static ChannelStats stats(String modelType) {
    return PublishedProcessor.of(
            modelType,
            Path.of("config.json"),
            new InputConfig(ImageSize.square(32), 8, 3, true),
            ProcessorOptions.defaults())
        .orElseThrow()
        .preprocessing()
        .stats();
  }

  @Test
  void publishedNetworksHaveTheStatisticsOfTheirTraining() {
    for (String type : new String[] {"vit_mae", "vit_msn", "dinov2", "dinov3_vit", "deit"}) {
      assertEquals(ChannelStats.imageNet(), stats(type), type);
    }
    assertEquals(ChannelStats.half(3), stats("vit"));
    assertEquals(ChannelStats.half(3), stats("siglip"));
    assertEquals(ChannelStats.clip(), stats("clip"));
  }
}
