package streamscout;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderValues;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpServerCodec;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.QueryStringDecoder;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Lets Flink's REST endpoint answer reads only, and none that another web page sent.
 *
 * <p>No setting of Flink's closes {@code POST /jobs}, which runs code that the caller sends, or the requests that cancel
 * a job ({@code web.cancel.enable} only hides the button), and a browser sends such requests for any page that asks it
 * to. Flink finds this class by {@code META-INF/services}.
 */
public final class ReadOnlyRest implements InboundChannelHandlerFactory {
    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<ChannelHandler> createHandler(Configuration configuration, Map<String, String> headers) {
        return Optional.of(new ToTheFront());
    }

    /** Flink adds its factories' handlers after the one that stores uploads on disk; the guard belongs before it. */
    private static final class ToTheFront extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            String codec = context.pipeline().context(HttpServerCodec.class).name();
            context.pipeline().addAfter(codec, "read only", new Guard());
            context.pipeline().remove(this);
        }
    }

    private static final class Guard extends ChannelInboundHandlerAdapter {
        // A name may be pointed at this machine by whoever owns its domain (DNS rebinding), an address may not.
        private static final Pattern OWN_HOST = Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-fA-F:.]+])(:[0-9]+)?");
        private static final String CANCELS = "/yarn-"; // GET .../yarn-cancel and .../yarn-stop cancel the job
        private boolean refused;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!refused && message instanceof HttpRequest) {
                String problem = problemOf((HttpRequest) message);
                if (problem != null) {
                    refused = true;
                    refuse(context, problem);
                }
            }
            if (refused) {
                ReferenceCountUtil.release(message);
            } else {
                context.fireChannelRead(message);
            }
        }

        private static String problemOf(HttpRequest request) {
            String host = request.headers().get(HttpHeaderNames.HOST);
            String origin = request.headers().get(HttpHeaderNames.ORIGIN);
            String path = new QueryStringDecoder(request.uri()).path(); // decoded, as Flink's own router does it
            if (!HttpMethod.GET.equals(request.method()) || path.contains(CANCELS)) {
                return "Nothing can be changed here.";
            }
            if (host == null || !OWN_HOST.matcher(host).matches()) {
                return "The Host must be localhost or an address.";
            }
            return origin == null || origin.equals("http://" + host) ? null : "No other origin is answered.";
        }

        private static void refuse(ChannelHandlerContext context, String problem) {
            DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.FORBIDDEN,
                    Unpooled.copiedBuffer(problem + "\n", StandardCharsets.UTF_8));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
