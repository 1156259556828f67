using System.Diagnostics;

using Viper.Net;

namespace Viper.TestKit.Network;

/// <summary>A fresh network namespace without a name: nothing of it can outlive the test, whatever happens to the test.</summary>
public sealed class NetNsFixture : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    public NetNsFixture()
    {
        Namespace = NetworkNamespace.CreateAnonymous();
        try
        {
            Route = Namespace.Run(() => new RouteSocket());
            Route.SetUp(Route.GetLink("lo")!.Index);
        }
        catch
        {
            Route?.Dispose();
            Namespace.Dispose();
            throw;
        }
    }

    public NetworkNamespace Namespace { get; }

    /// <summary>A socket inside, usable from any thread.</summary>
    public RouteSocket Route { get; }

    public T Run<T>(Func<T> work) => Namespace.Run(work);

    public void Run(Action work) => Namespace.Run(work);

    /// <summary>
    /// Lets a link's neighbours take a minute to answer ARP instead of three seconds, after which the kernel calls them
    /// unreachable: on a machine that is busy with other things the wires of a test may stand still for longer.
    /// </summary>
    public void WaitForNeighbours(string link) => Run(() => Sysctl.Write($"net/ipv4/neigh/{link}/mcast_solicit", "60"));

    /// <summary>Runs a program inside and answers what it wrote; throws when it fails.</summary>
    public string Execute(string program, params string[] arguments)
    {
        using Process process = Run(() => Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(s_deadline))
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end.");
        }

        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {error.Result}");
    }

    public void Dispose()
    {
        Route.Dispose();
        Namespace.Dispose();
    }
}
