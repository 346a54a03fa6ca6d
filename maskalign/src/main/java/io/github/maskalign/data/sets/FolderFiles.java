package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Pictures in separate files of a folder.
 *
 * @param names relative to the folder
 */
record FolderFiles(Path folder, NameList names) implements EncodedFiles {

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public String name(int number) {
    return path(number).toString();
  }

  private Path path(int number) {
    return folder.resolve(names.get(number));
  }

  @Override
  public byte[] read(int number) throws IOException {
    Path path = path(number);
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    // Unlike a channel's, its reads are not broken by interrupting the thread.
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() > MAX_BYTES) {
        throw new IOException(file.length() + " bytes are too many for a picture");
      }
      byte[] content = new byte[(int) file.length()];
      file.readFully(content);
      return content;
    }
  }

  @Override
  public String sha256() {
    Sha256 digest = new Sha256();
    for (int i = 0; i < size(); i++) {
      digest.add("%s %s%n".formatted(names.get(i), state(path(i))).getBytes(UTF_8));
    }
    return digest.hex();
  }

  private static String state(Path path) {
    try {
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      return file.size() + " " + file.lastModifiedTime().toMillis();
    } catch (IOException e) {
      return "unreadable";
    }
  }
}
