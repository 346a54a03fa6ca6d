/** What the Hub's server is asked for, over HTTP. */
package io.github.maskalign.vit.hub.http;
