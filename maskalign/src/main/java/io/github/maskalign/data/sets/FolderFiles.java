package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.data.file.EncodedFiles;
import io.github.maskalign.data.file.FileBytes;
import io.github.maskalign.data.file.NameList;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Pictures in separate files of a folder.
 *
 * @param names relative to the folder
 */
record FolderFiles(Path folder, NameList names) implements EncodedFiles {

  private static final long UNREADABLE = -1;

  @Override
  public int size() {
    return names.size();
  }

  @Override
  public String name(int number) {
    String name = names.get(number);
    String parent = FileNames.text(folder);
    return name.startsWith("/") ? name : parent + (parent.endsWith("/") ? "" : "/") + name;
  }

  private Path path(int number) {
    return FileNames.resolve(folder, names.get(number));
  }

  @Override
  public byte[] read(int number) throws IOException {
    return FileBytes.read(path(number), MAX_BYTES);
  }

  @Override
  public String sha256() {
    return digest(file -> file.size() + " " + file.lastModifiedTime().toMillis());
  }

  @Override
  public String fingerprint() {
    return digest(file -> String.valueOf(file.size()));
  }

  @Override
  public long[] states() {
    return IntStream.range(0, size())
        .mapToLong(i -> state(i, BasicFileAttributes::size, UNREADABLE))
        .toArray();
  }

  private String digest(Function<BasicFileAttributes, String> state) {
    Sha256 digest = new Sha256();
    for (int i = 0; i < size(); i++) {
      String now = state(i, state, "unreadable");
      digest.add("%s %s%n".formatted(names.get(i), now).getBytes(UTF_8));
    }
    return digest.hex();
  }

  private <T> T state(int number, Function<BasicFileAttributes, T> state, T unreadable) {
    try {
      return state.apply(Files.readAttributes(path(number), BasicFileAttributes.class));
    } catch (IOException | InvalidPathException e) {
      return unreadable;
    }
  }
}
