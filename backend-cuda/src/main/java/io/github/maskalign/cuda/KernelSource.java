package io.github.maskalign.cuda;

import io.github.maskalign.tensor.error.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A source of kernels with all the headers that it and they include, from the resources {@code
 * kernels/} beside this class.
 *
 * @param file name of the source
 * @param text its text
 * @param headers texts by name
 */
record KernelSource(String file, String text, SortedMap<String, String> headers) {

  private static final Pattern INCLUDE =
      Pattern.compile("^\\s*#\\s*include\\s+\"([^\"]+)\"", Pattern.MULTILINE);

  /** The source of this name. */
  static KernelSource load(String file) {
    String text = read(file);
    SortedMap<String, String> headers = new TreeMap<>();
    addHeaders(text, headers);
    return new KernelSource(file, text, headers);
  }

  private static void addHeaders(String text, SortedMap<String, String> headers) {
    Matcher includes = INCLUDE.matcher(text);
    while (includes.find()) {
      String name = includes.group(1);
      if (!headers.containsKey(name)) {
        String header = read(name);
        headers.put(name, header);
        addHeaders(header, headers);
      }
    }
  }

  private static String read(String name) {
    try (@Nullable InputStream bytes = KernelSource.class.getResourceAsStream("kernels/" + name)) {
      if (bytes == null) {
        throw new DeviceException("cuda: there is no resource kernels/" + name);
      }
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
