using System.Globalization;
using Viper.Bench.Peers;

// Viper.Bench.Peers websocket|playwright PORT PATH TARGET; then lines "WHAT COUNT" on standard input, each answered with
// "P50-NANOSECONDS CPU-MICROSECONDS-PER-OPERATION BYTES-PER-OPERATION".
if (args is not [var name, var port, var path, var target])
{
    Console.Error.WriteLine("usage: Viper.Bench.Peers websocket|playwright PORT PATH TARGET");
    return 2;
}

await using IPeer peer = name == "websocket"
    ? await WebSocketPeer.ConnectAsync(new Uri($"ws://127.0.0.1:{port}{path}"), target)
    : await PlaywrightPeer.ConnectAsync(new Uri($"ws://127.0.0.1:{port}{path}"), target);
while (Console.ReadLine() is { } line)
{
    string[] words = line.Split(' ');
    int count = int.Parse(words[1], CultureInfo.InvariantCulture);
    Figures figures = await Figures.MeasureAsync(peer, words[0], count);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figures.MedianNanoseconds:0} {figures.CpuMicroseconds:0.###} {figures.Bytes:0.#}"));
}

return 0;
