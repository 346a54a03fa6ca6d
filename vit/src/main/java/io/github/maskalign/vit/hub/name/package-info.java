/** Names on the Hub: of repositories, revisions, files and contents. */
package io.github.maskalign.vit.hub.name;
