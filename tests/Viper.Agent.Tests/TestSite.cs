using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Viper.Agent.Tests;

/// <summary>A web server with a few pages, for the real Chrome.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private const string Controls = """
        <!doctype html><meta charset=utf-8><title>controls</title>
        <style>#restless { animation: r .3s linear infinite alternate; position: relative } @keyframes r { from { left: 0 } to { left: 90px } }
        #moves { position: relative; left: 0; transition: left .3s linear } #over { position: absolute; inset: 0 }</style>
        <button id=go>Go</button> <span id=host></span> <button id=off disabled>Off</button> <button id=unseen hidden>Unseen</button>
        <button id=soon disabled>Soon</button> <button id=moves>Moves</button> <button id=restless>Restless</button>
        <div style="position: relative"><button id=under>Under</button><div id=over></div></div>
        <button id=ask>Ask</button> <a id=open href="/tall" target=_blank>Open</a> <a id=step href="#there">Step</a> <a id=leave href="/tall">Leave</a>
        <form id=form><input id=name value=old><input id=fixed value=old readonly><input id=day type=date>
        <select id=kind><option value=a>First one<option value=b>Second one<option value=c>Third one</select><input id=box type=checkbox><button>Send</button></form>
        <div id=free contenteditable>one</div><div style="height: 3000px"></div><button id=far>Far</button>
        <script>
        const log = [];
        host.attachShadow({mode: 'open'}).innerHTML = '<button id=inner>In the shadow</button>';
        host.shadowRoot.querySelector('#inner').onclick = () => log.push('inner');
        go.onclick = event => log.push(`go:${event.detail}:${event.button}`);
        go.onauxclick = event => log.push(`aux:${event.button}${event.shiftKey ? ':shift' : ''}${event.ctrlKey ? ':control' : ''}`);
        go.onmouseenter = () => log.push('over');
        for (const button of [far, soon, moves]) button.onclick = () => log.push(button.id);
        under.onclick = restless.onclick = off.onclick = () => log.push('wrong');
        ask.onclick = () => log.push('asked=' + confirm('Sure?'));
        const name_ = document.getElementById('name');
        name_.onfocus = () => log.push('focus');
        name_.addEventListener('input', () => { if (log.at(-1)?.startsWith('name=')) log.pop(); log.push('name=' + name_.value); });
        name_.onkeyup = event => { if (event.ctrlKey && event.key === 'a') log.push('selected=' + name_.value.slice(name_.selectionStart, name_.selectionEnd)); };
        day.oninput = () => log.push('day=' + day.value);
        free.oninput = () => log.push('free=' + free.innerText);
        kind.onchange = () => log.push('kind=' + kind.value);
        box.onchange = () => log.push('box=' + box.checked);
        form.onsubmit = event => { event.preventDefault(); log.push('submit'); };
        setTimeout(() => { soon.disabled = false; moves.style.left = '60px'; free.insertAdjacentHTML('beforebegin', '<button id=late>Late</button>');
          late.onclick = () => log.push('late'); }, 300);
        </script>
        """;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _neverAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private int _onceAsked;

    internal TestSite()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Gets what completes when <c>/never</c>, which does not answer, has been asked for.</summary>
    internal Task NeverAsked => _neverAsked.Task;

    internal string Url(string path) => $"http://{_listener.LocalEndpoint}{path}";

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private const string Article = """
        <!doctype html><meta charset=utf-8><title>article</title><style>.unseen { display: none }</style>
        <h1>Grüße &amp; more</h1>
        <p>A <em>fine</em> <b>text</b> with <code>code</code> and a <a href="/">link</a>, 2* 3.
        <p class=unseen>unseen</p>
        <ul><li>one</li><li>two<ol><li>inner<li>more</ol></li></ul>
        <blockquote>said</blockquote>
        <pre>a  b
          c
        </pre>
        <table><tr><th>x<th>y<tr><td>1<td>2|</table>
        <div id=host></div><script>host.attachShadow({mode: 'open'}).innerHTML = '<p>in the shadow'</script>
        """;

    private const string Late = """
        <!doctype html><title>late</title><p id=early>still here</p><script>
        setTimeout(() => {
          early.remove();
          document.body.insertAdjacentHTML('beforeend', '<p id=late>has come');
          location.hash = 'come';
          window.done = true;
        }, 400)</script>
        """;

    private static (string Status, string Body) Respond(string path) => path switch
    {
        "/controls" => ("200 OK", Controls),
        "/article" => ("200 OK", Article),
        "/late" => ("200 OK", Late),
        "/once" => ("200 OK", "<!doctype html><title>once</title>"),
        "/" => ("200 OK", "<!doctype html><title>waiting</title><body><p>hello<script>document.title = 'sum ' + (19 + 23)</script>"),
        "/tall" => ("200 OK", "<!doctype html><title>tall</title><body style='margin:0'><div style='height:3000px;background:linear-gradient(red,blue)'>"),
        "/missing" => ("404 Not Found", "<!doctype html><title>not here</title>"),
        "/empty404" => ("404 Not Found", string.Empty),
        "/moves" => ("200 OK", "<!doctype html><script>location.replace('/')</script>"),
        _ => ("404 Not Found", "none"),
    };

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_end.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var client = socket;
        try
        {
            var buffer = new byte[16384];
            var count = await client.ReceiveAsync(buffer, _end.Token);
            var path = count > 0 ? Encoding.ASCII.GetString(buffer, 0, count).Split(' ')[1] : "/";
            if (path == "/never" || (path == "/once" && Interlocked.Increment(ref _onceAsked) > 1))
            {
                _neverAsked.TrySetResult();
                await client.ReceiveAsync(buffer, _end.Token);
                return;
            }

            var (status, body) = Respond(path);
            await client.SendAsync(
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}")),
                _end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side has ended.
        }
    }
}
