namespace Viper.Cdp;

/// <summary>A view of JSON in place.</summary>
/// <typeparam name="TSelf">The view.</typeparam>
public interface ICdpView<TSelf>
    where TSelf : ICdpView<TSelf>, allows ref struct
{
    /// <summary>Makes the view; nothing is read before a member is asked for.</summary>
    static abstract TSelf Of(CdpJson json);
}
