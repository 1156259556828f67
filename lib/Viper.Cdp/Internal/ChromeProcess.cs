using System.Collections;
using System.Net.Sockets;
using Viper.Cdp.Interop;

namespace Viper.Cdp.Internal;

/// <summary>A Chrome as a child of this program, in a process group of its own.</summary>
internal sealed class ChromeProcess : IAsyncDisposable
{
    private readonly NetworkStream _output;

    private ChromeProcess(int id, int output, int? pipe)
    {
        Id = id;
        _output = new NetworkStream(new Socket(new SafeSocketHandle(output, ownsHandle: true)), ownsSocket: true);
        Pipe = pipe is { } descriptor ? new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)) : null;
    }

    internal int Id { get; }

    /// <summary>Gets what it prints, on its standard output and error output; to be read, or it stops when there is no more room.</summary>
    internal Stream Output => _output;

    /// <summary>Gets the socket that it has as its descriptors 3 and 4; null where it listens on a port. The caller's.</summary>
    internal Socket? Pipe { get; }

    /// <summary>Starts it by posix_spawn(3), with its descriptors in place and no shell between.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">It could not be started.</exception>
    internal static ChromeProcess Spawn(CdpChromeOptions options, string profile)
    {
        string[] line =
        [
            .. options.Prefix, options.Executable, "--headless", "--no-first-run", $"--user-data-dir={profile}",
            options.UsesPort ? "--remote-debugging-port=0" : "--remote-debugging-pipe", .. options.Arguments,
        ];
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => $"{entry.Key}={entry.Value}");
        List<(int Ours, int Childs)> pairs = [];
        try
        {
            pairs.Add(Libc.SocketPair());
            if (!options.UsesPort)
            {
                pairs.Add(Libc.SocketPair());
            }

            var output = pairs[0].Childs;
            var id = Libc.Spawn(line, environment, options.UsesPort ? [output, output] : [output, output, pairs[1].Childs, pairs[1].Childs]);
            return new ChromeProcess(id, pairs[0].Ours, options.UsesPort ? null : pairs[1].Ours);
        }
        catch
        {
            pairs.ForEach(static pair => Libc.Close(pair.Ours));
            throw;
        }
        finally
        {
            pairs.ForEach(static pair => Libc.Close(pair.Childs));
        }
    }

    /// <summary>Reads what it prints and drops it, until nobody is left that could print.</summary>
    internal async Task DrainAsync()
    {
        try
        {
            await _output.CopyToAsync(Stream.Null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It was killed with something of ours unread.
        }
    }

    /// <summary>Kills it and its group; they stay in the kernel's table until this is disposed of.</summary>
    internal void Kill() => Libc.KillGroup(Id);

    /// <summary>Waits for its end, which must be on its way, and lets it go.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.Run(() => Libc.Wait(Id)).ConfigureAwait(false);
        await _output.DisposeAsync().ConfigureAwait(false);
        Pipe?.Dispose();
    }
}
