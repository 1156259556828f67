using Viper.Net;

namespace Viper.Bench.Boot;

/// <summary>A tap of the name that the captured command line opens, on the same bridge.</summary>
internal sealed class CapturedTap : IDisposable
{
    private readonly NetworkNamespace _where;
    private readonly string _name;

    private CapturedTap(NetworkNamespace where, string name)
    {
        _where = where;
        _name = name;
    }

    public static CapturedTap Make(NetworkNamespace where, string name, string bridge)
    {
        where.Run(() =>
        {
            TapDevice.Create(name, new TapOptions { IsPersistent = true }).Dispose();
            using RouteSocket routes = new();
            int tap = routes.GetLink(name)!.Index;
            routes.SetMaster(tap, routes.GetLink(bridge)!.Index);
            routes.SetUp(tap);
        });
        return new CapturedTap(where, name);
    }

    public void Dispose() => _where.Run(() =>
    {
        using RouteSocket routes = new();
        routes.DeleteLink(_name);
    });
}
