package search;

import io.github.maskalign.vit.embed.Embedder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOUtils;

/**
 * Images in an index of Lucene, which finds near neighbors approximately (HNSW), among all images
 * or those of one album. Changes are durable after {@link #commit} and are found after {@link
 * #refresh}.
 */
public final class ImageIndex implements AutoCloseable {

  /** A neighbor: its cosine with the query, and the file. */
  public record Match(float cosine, String file) {}

  private static final String FILE = "file";
  private static final String ALBUM = "album";
  private static final String EMBEDDING = "embedding";

  /** Neighbors that the graph is searched for; more find more of the true ones, more slowly. */
  private static final int CANDIDATES = 100;

  private final Embedder embedder;
  private final FSDirectory directory;
  private final IndexWriter writer;
  private final SearcherManager searchers;

  /** Opens or creates an index. The embeddings must have unit length, which is the default. */
  public ImageIndex(Path folder, Embedder embedder) throws IOException {
    this.embedder = embedder;
    directory = FSDirectory.open(folder);
    IndexWriter opened = null;
    try {
      opened = new IndexWriter(directory, new IndexWriterConfig());
      searchers = new SearcherManager(opened, null);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileHandlingException(opened, directory);
      throw e;
    }
    writer = opened;
  }

  /** Adds an image, in place of an earlier one of the same file. */
  public void put(Path file, String album) throws IOException {
    Document document = new Document();
    document.add(new StringField(FILE, file.toString(), Field.Store.YES));
    document.add(new StringField(ALBUM, album, Field.Store.NO));
    document.add(
        new KnnFloatVectorField(
            EMBEDDING, embedder.embed(file), VectorSimilarityFunction.DOT_PRODUCT));
    writer.updateDocument(new Term(FILE, file.toString()), document);
  }

  /** Removes an image. */
  public void remove(Path file) throws IOException {
    writer.deleteDocuments(new Term(FILE, file.toString()));
  }

  /** Writes all changes to the disk. */
  public void commit() throws IOException {
    writer.commit();
  }

  /** Lets searches see all changes. */
  public void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /** The k nearest images. */
  public List<Match> nearest(Path file, int k) throws IOException {
    return nearest(file, k, null);
  }

  /** The k nearest images of an album; of any if it is null. */
  public List<Match> nearest(Path file, int k, String album) throws IOException {
    Query filter = album == null ? null : new TermQuery(new Term(ALBUM, album));
    Query query =
        new KnnFloatVectorQuery(EMBEDDING, embedder.embed(file), Math.max(k, CANDIDATES), filter);
    IndexSearcher searcher = searchers.acquire();
    try {
      List<Match> matches = new ArrayList<>();
      for (ScoreDoc found : searcher.search(query, k).scoreDocs) {
        // Lucene's score of unit-length vectors is (1 + cosine) / 2.
        matches.add(
            new Match(2 * found.score - 1, searcher.storedFields().document(found.doc).get(FILE)));
      }
      return matches;
    } finally {
      searchers.release(searcher);
    }
  }

  @Override
  public void close() {
    try {
      IOUtils.close(searchers, writer, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
