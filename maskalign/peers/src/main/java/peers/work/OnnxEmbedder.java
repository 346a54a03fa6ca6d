package peers.work;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.ExportNotes;
import io.github.maskalign.vit.export.OnnxExport;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Embeds images with ONNX Runtime, from our ONNX export. Its idle threads spin, as by default: that
 * is its best latency, and the pause before each call lets them rest.
 */
public final class OnnxEmbedder implements EmbedPeers.Peer {

  private final ViTConfig config;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  /** Exports our network and opens it. */
  public OnnxEmbedder(ViTConfig config, Parameters parameters, int threads) {
    this.config = config;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      Path file = Files.createTempFile("embed-peers", ".onnx");
      OnnxExport.Options graph = new OnnxExport.Options(0, 0, Pooling.CLASS_TOKEN);
      ChannelStats stats = ChannelStats.half(config.channels());
      ExportNotes notes = ExportNotes.of(Preprocessing.of(config.imageSize(), stats));
      OnnxExport.write(file, config, parameters, graph, notes);
      options.setIntraOpNumThreads(threads);
      session = environment.createSession(file.toString(), options);
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public float[] embed(int pictures, float[] pixels) {
    long[] shape = {
      pictures, config.channels(), config.imageSize().height(), config.imageSize().width()
    };
    try (OnnxTensor images = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), shape);
        OrtSession.Result result = session.run(Map.of("images", images), Set.of("pooled"))) {
      return ((float[][]) result.get(0).getValue())[0];
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
