package io.github.maskalign.vit.text.token.file;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.vit.protobuf.MessageReader;
import io.github.maskalign.vit.text.token.model.SentencePieces;
import io.github.maskalign.vit.text.token.model.SentencePieces.Kind;
import io.github.maskalign.vit.text.token.model.SentencePieces.Normalization;
import io.github.maskalign.vit.text.token.model.SentencePieces.Piece;
import io.github.maskalign.vit.text.token.model.SentencePieces.Type;
import io.github.maskalign.vit.text.token.model.Vocabulary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a SentencePiece model.
 *
 * @see <a
 *     href="https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto">Its
 *     format</a>
 */
public final class SentencePieceFile {

  /** SigLIP 2's has 4.2 MB, XLM-R's 5.1 MB. */
  private static final int MAX_BYTES = 64 << 20;

  private static final int MAX_PIECES = 1_000_000;
  private static final int UNIGRAM = 1;
  private static final int BYTE_PAIRS = 2;

  private final String name;
  private final List<Piece> pieces = new ArrayList<>();
  private int kind = UNIGRAM;
  private byte[] charsmap = {};
  private boolean dummyPrefix = true;
  private boolean removeExtraSpaces = true;
  private boolean escapeSpaces = true;
  private boolean suffixSpaces;

  private SentencePieceFile(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is damaged, or of another kind
   * @throws UncheckedIOException if it cannot be read
   */
  public static SentencePieces read(Path file) {
    try {
      byte[] content = BoundedFiles.read(file, MAX_BYTES, "a SentencePiece model");
      AbsentContent.refuse(file, content);
      return new SentencePieceFile(file.toString()).parse(content);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private SentencePieces parse(byte[] content) {
    MessageReader model = new MessageReader(name, content);
    while (model.next()) {
      switch (model.field()) {
        case 1 -> piece(model.message());
        case 2 -> trainer(model.message());
        case 3 -> normalizer(model.message());
        default -> model.skip();
      }
    }
    int unknown = -1;
    for (int id = 0; id < pieces.size() && unknown < 0; id++) {
      unknown = pieces.get(id).type() == Type.UNKNOWN ? id : -1;
    }
    if (unknown < 0 || kind != UNIGRAM && kind != BYTE_PAIRS) {
      throw new FormatException(
          "%s: not a SentencePiece model of unigrams or byte pairs with an unknown piece"
              .formatted(name));
    }
    return new SentencePieces(
        name,
        kind == UNIGRAM ? Kind.UNIGRAM : Kind.BYTE_PAIRS,
        List.copyOf(pieces),
        Vocabulary.of(name, pieces.stream().map(Piece::text).toList()),
        unknown,
        new Normalization(charsmap, dummyPrefix, removeExtraSpaces, escapeSpaces, suffixSpaces));
  }

  private void piece(MessageReader message) {
    if (pieces.size() == MAX_PIECES) {
      throw new FormatException("%s: more than %,d pieces".formatted(name, MAX_PIECES));
    }
    String text = "";
    float score = 0;
    Type type = Type.NORMAL;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> text = message.text();
        case 2 -> score = message.real();
        case 3 -> type = type(message.integer());
        default -> message.skip();
      }
    }
    if (!Float.isFinite(score)) {
      throw new FormatException("%s: piece '%s' has the score %s".formatted(name, text, score));
    }
    pieces.add(new Piece(text, score, type));
  }

  private Type type(long value) {
    if (value < 1 || value > Type.values().length) {
      throw new FormatException("%s: unknown type of piece %d".formatted(name, value));
    }
    return Type.values()[(int) value - 1];
  }

  private void trainer(MessageReader message) {
    while (message.next()) {
      switch (message.field()) {
        case 3 -> kind = (int) message.integer();
        case 24 -> suffixSpaces = message.integer() != 0;
        default -> message.skip();
      }
    }
  }

  private void normalizer(MessageReader message) {
    while (message.next()) {
      switch (message.field()) {
        case 2 -> charsmap = message.bytes();
        case 3 -> dummyPrefix = message.integer() != 0;
        case 4 -> removeExtraSpaces = message.integer() != 0;
        case 5 -> escapeSpaces = message.integer() != 0;
        default -> message.skip();
      }
    }
  }
}
