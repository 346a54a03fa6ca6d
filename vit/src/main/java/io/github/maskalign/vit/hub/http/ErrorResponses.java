package io.github.maskalign.vit.hub.http;

import io.github.maskalign.tensor.error.NearestName;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.http.Connection.Answer;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.PublishedModel;
import org.jspecify.annotations.Nullable;

/**
 * What failed requests mean, in words that say what to do.
 *
 * @param connection to the Hub
 * @param model what is asked about
 */
record ErrorResponses(Connection connection, ModelReference model) {

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int PROXY_AUTHENTICATION = 407;
  private static final int TOO_MANY = 429;
  private static final int MAX_MESSAGE = 300;

  private static final String GIVE_A_TOKEN =
      "put an access token of your account (Settings, Access Tokens on its web site) into HF_TOKEN,"
          + " or into the file token of the folder HF_HOME";

  /** The exception for a response of the Hub about a file, or about the repository if null. */
  HubException of(Answer answer, @Nullable String file) {
    String what = file == null ? model.toString() : "%s, file %s".formatted(model, file);
    return switch (answer.header("X-Error-Code")) {
      case "GatedRepo" -> gated();
      case "RepoNotFound" -> noRepository();
      case "RevisionNotFound" ->
          new HubException(
              Reason.NO_REVISION,
              "%s: the repository has no revision '%s'; its branches and tags are listed at %s"
                  .formatted(model, model.revision(), page()));
      case "EntryNotFound" ->
          new HubException(Reason.NO_FILE, what + ": the revision has no such file");
      case null, default -> ofStatus(answer, what, answer.header("X-Error-Message"), file == null);
    };
  }

  private Endpoint endpoint() {
    return connection.endpoint();
  }

  private boolean hasToken() {
    return connection.token() != null;
  }

  private HubException ofStatus(
      Answer answer, String what, @Nullable String said, boolean ofRepository) {
    int status = answer.status();
    String reason = said == null ? "" : " (" + clipped(said) + ")";
    if (status == UNAUTHORIZED && said != null && said.startsWith("Invalid credentials")) {
      return new HubException(
          Reason.REFUSED,
          "%s: the Hub rejects the access token%s; create a new one, and %s"
              .formatted(model, reason, GIVE_A_TOKEN));
    }
    if (status == UNAUTHORIZED || status == NOT_FOUND && ofRepository) {
      return noRepository();
    }
    if (status == FORBIDDEN) {
      return new HubException(
          Reason.REFUSED, "%s: access denied%s; see %s".formatted(what, reason, page()));
    }
    return unreachable(what, endpoint().toString(), answer, reason);
  }

  /** The exception for a response of the server that stores a file's content. */
  HubException ofStorage(Answer answer, String file) {
    return unreachable(
        "%s, file %s".formatted(model, file), answer.address().getHost(), answer, "");
  }

  private HubException unreachable(String what, String server, Answer answer, String reason) {
    String todo =
        switch (answer.status()) {
          case TOO_MANY -> "too many requests: wait, or " + GIVE_A_TOKEN;
          case PROXY_AUTHENTICATION -> connection.password().advice(answer.address());
          default -> "try again later";
        };
    return new HubException(
        Reason.UNREACHABLE,
        "%s: %s responds with status %d%s; %s"
            .formatted(what, server, answer.status(), reason, todo));
  }

  private String page() {
    return endpoint() + "/" + model.repository();
  }

  private HubException gated() {
    return new HubException(
        Reason.GATED,
        "%s: the repository is gated: accept its terms at %s, and %s"
            .formatted(
                model,
                page(),
                hasToken()
                    ? "use an access token of the account that accepted them"
                    : GIVE_A_TOKEN));
  }

  private HubException noRepository() {
    String known =
        String.join(" or ", NearestName.close(PublishedModel.names(), model.repository().name()));
    return new HubException(
        Reason.NO_REPOSITORY,
        "%s: %s has no such repository%s%s"
            .formatted(
                model,
                endpoint(),
                known.isEmpty() ? "" : "; did you mean " + known + "?",
                hasToken()
                    ? ", or it is private and not shared with the account of your token"
                    : "; if it is private, " + GIVE_A_TOKEN));
  }

  /** There was no response, or one that no Hub gives. */
  HubException of(Exception cause) {
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return cause instanceof Connection.NoHubException
        ? notAHub(text, cause)
        : new HubException(
            Reason.UNREACHABLE,
            "%s: no connection to %s: %s; check the network, or set HTTPS_PROXY if there is a proxy"
                .formatted(model, endpoint(), clipped(text)),
            cause);
  }

  /** The response is not that of a Hub, such as the login page of a proxy. */
  HubException notAHub(String found, @Nullable Exception cause) {
    return new HubException(
        Reason.NOT_A_HUB,
        "%s: %s does not respond as a Hub does: %s; check HF_ENDPOINT, and whether a proxy expects a login"
            .formatted(model, endpoint(), clipped(found)),
        cause);
  }

  private static String clipped(String text) {
    String line = Printable.line(text.strip());
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
  }
}
