namespace Viper.Cdp;

/// <summary>Something that can be attached to: a page, a worker, the browser.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its kind; pages are <c>page</c>.</param>
/// <param name="Url">Its address.</param>
/// <param name="Title">Its title.</param>
public sealed record CdpTarget(string Id, string Type, string Url, string Title);
