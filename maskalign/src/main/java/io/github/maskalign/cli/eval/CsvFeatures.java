package io.github.maskalign.cli.eval;

import io.github.maskalign.cli.Csv;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A table with one line per image: name, label, class, and D features unless D is 0. */
final class CsvFeatures implements FeatureFile {

  private final AtomicFile file;
  private final int width;

  CsvFeatures(Path path, int width) throws IOException {
    this.file = AtomicFile.create(path);
    this.width = width;
    List<String> head = new ArrayList<>(List.of("name", "label", "class"));
    for (int i = 0; i < width; i++) {
      head.add("f" + i);
    }
    write(Csv.line(head));
  }

  @Override
  public void add(Batch batch, float[] features, Image[] images) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < images.length; row++) {
      Image image = images[row];
      List<String> cells = new ArrayList<>(List.of(image.name(), image.label(), image.className()));
      for (int i = 0; i < width; i++) {
        cells.add(Float.toString(features[row * width + i]));
      }
      text.append(Csv.line(cells));
    }
    write(text.toString());
  }

  private void write(String text) throws IOException {
    file.write(StandardCharsets.UTF_8.encode(text));
  }

  @Override
  public void commit() throws IOException {
    file.commit();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
